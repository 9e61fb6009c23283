import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base62Digit, decodeBase62, encodeBase62, isBase62 } from "./base62.js";
import { decodeBase64url, encodeBase64url } from "./base64url.js";
import { equalBytes, equalText } from "./constant-time.js";
import { crc32, crc32OfAscii } from "./crc32.js";
import { decodeHex, encodeHex } from "./hex.js";

const anyBytes = fc.uint8Array({ maxLength: 80 });
const ascii = (text: string) => new TextEncoder().encode(text);

describe("base62", () => {
  test("bytes come back, at a fixed width", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const text = encodeBase62(bytes, 43);
        expect(text).toMatch(/^[0-9A-Za-z]{43}$/);
        expect(decodeBase62(text, 32)).toEqual(bytes);
      }),
    );
    expect(encodeBase62(new Uint8Array(32).fill(255), 43)).toHaveLength(43);
  });

  test("other characters and numbers too large are undefined, however long the text", () => {
    for (const text of ["-", "é", " 1", "1\n"]) expect(decodeBase62(text, 32)).toBeUndefined();
    expect(decodeBase62("47", 1)).toEqual(Uint8Array.of(255));
    expect(decodeBase62("48", 1)).toBeUndefined();
    expect(decodeBase62("z".repeat(2_000_000), 32)).toBeUndefined();
  });
});

describe("base64url", () => {
  test("RFC 4648 section 10 vectors, in the URL alphabet and without padding", () => {
    const vectors = {
      "": "",
      f: "Zg",
      fo: "Zm8",
      foo: "Zm9v",
      foob: "Zm9vYg",
      fooba: "Zm9vYmE",
      foobar: "Zm9vYmFy",
    };
    for (const [text, encoded] of Object.entries(vectors)) {
      expect(encodeBase64url(ascii(text))).toBe(encoded);
      expect(decodeBase64url(encoded)).toEqual(ascii(text));
    }
    expect(encodeBase64url(Uint8Array.of(0xfb, 0xff))).toBe("-_8");
  });

  test("bytes come back, and every accepted text is the one that encoding writes", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(decodeBase64url(encodeBase64url(bytes))).toEqual(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Da-d_-]{0,9}$/), (text) => {
        const bytes = decodeBase64url(text);
        if (bytes !== undefined) expect(encodeBase64url(bytes)).toBe(text);
      }),
    );
    for (const text of ["Zg==", "Zh", "Z", "Zm9+", "Zm9/", "Zm 9", "é"])
      expect(decodeBase64url(text)).toBeUndefined();
  });
});

describe("hex", () => {
  test("bytes come back in lowercase, either case is read, and nothing else", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(decodeHex(encodeHex(bytes).toUpperCase())).toEqual(bytes);
      }),
    );
    expect(encodeHex(Uint8Array.of(0, 171))).toBe("00ab");
    for (const text of ["0", "0g", "0x00", " 00"]) expect(decodeHex(text)).toBeUndefined();
  });
});

test("a base62 digit is a digit or a letter, and nothing else in Unicode", () => {
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const digits = Array.from({ length: 0x10000 }, (_, code) => base62Digit(code));
  expect(digits.flatMap((digit, code) => (digit < 0 ? [] : String.fromCharCode(code))).join("")).toBe(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  );
  expect([...alphabet].map((character) => digits[character.charCodeAt(0)])).toEqual([
    ...alphabet.split("").keys(),
  ]);
  expect(base62Digit(Number.NaN)).toBe(-1);
  expect(isBase62("-_0aZ", 2)).toBe(true);
  expect(isBase62("-_0aZ", 1)).toBe(false);
});

describe("crc32", () => {
  test("a text of ASCII is read as its bytes are, as far as asked", () => {
    const anyAscii = fc.string({ unit: "binary-ascii", maxLength: 80 });
    fc.assert(
      fc.property(anyAscii, anyAscii, (text, rest) => {
        expect(crc32OfAscii(text + rest, text.length)).toBe(crc32(ascii(text)));
      }),
    );
  });

  test("the check value of the standard, and the empty text", () => {
    expect(crc32(ascii("123456789"))).toBe(0xcbf43926);
    expect(crc32(ascii(""))).toBe(0);
  });

  test("any one changed byte is noticed", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 80 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, at, flip) => {
          const changed = bytes.map((byte, index) => (index === at % bytes.length ? byte ^ flip : byte));
          expect(crc32(changed)).not.toBe(crc32(bytes));
        },
      ),
    );
  });
});

describe("constant time", () => {
  test("agrees with ordinary equality", () => {
    const anyText = fc.string({ unit: "grapheme", maxLength: 4 });
    fc.assert(
      fc.property(anyText, anyText, (left, right) => {
        expect(equalText(left, right)).toBe(left === right);
        expect(equalText(left, left)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(anyBytes, anyBytes, (left, right) => {
        expect(equalBytes(left, right)).toBe(encodeHex(left) === encodeHex(right));
        expect(equalBytes(left, Uint8Array.from(left))).toBe(true);
      }),
    );
  });
});
