import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32 } from "../encoding/crc32.js";
import type { Random } from "../ports/random.js";
import { hashKey } from "./hash-key.js";
import { createKeyFormat, generateKeyText, keyPattern, keyStart, parseKeyText } from "./key-format.js";

const random: Random = { bytes: (length) => Uint8Array.from(randomBytes(length)) };
const live = createKeyFormat({ prefix: "sk", environments: ["live", "test"] });

const anyFormat = fc
  .record({
    prefix: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,10}[A-Za-z0-9]$/),
    environments: fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9]{1,8}$/), { maxLength: 3 }),
    body: fc.oneof(
      fc.record({ bytes: fc.integer({ min: 16, max: 64 }) }),
      fc.record({ characters: fc.integer({ min: 28, max: 128 }) }),
    ),
  })
  .map(createKeyFormat);

describe("key text", () => {
  test("by default it is 32 random bytes in base62, then the CRC-32 of all before it", () => {
    const text = generateKeyText(live, "live", random);
    expect(text).toMatch(/^sk_live_[0-9A-Za-z]{49}$/);
    const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const checksum = [...text.slice(-6)].reduce((sum, character) => sum * 62 + digits.indexOf(character), 0);
    expect(checksum).toBe(crc32(new TextEncoder().encode(text.slice(0, -6))));
  });

  test("a length in characters counts the checksum", () => {
    const format = createKeyFormat({ prefix: "aivo", body: { characters: 32 } });
    expect(generateKeyText(format, undefined, random)).toMatch(/^aivo_[0-9A-Za-z]{32}$/);
  });

  test("what is generated is accepted, found by the pattern, and shown by its start", () => {
    fc.assert(
      fc.property(anyFormat, fc.nat(), (format, choice) => {
        const environment = format.environments[choice % Math.max(format.environments.length, 1)];
        const text = generateKeyText(format, environment, random);
        expect(parseKeyText(format, text)).toEqual({ ok: true, environment });
        const found = `KEY="${text}";`.match(new RegExp(keyPattern(format)));
        expect(found?.[0]).toBe(text);
        const head = environment === undefined ? `${format.prefix}_` : `${format.prefix}_${environment}_`;
        expect(keyStart(format, text)).toBe(text.slice(0, head.length + 4));
      }),
    );
  });

  test("characters are drawn evenly: bytes that would favour some are drawn again", () => {
    const format = createKeyFormat({ prefix: "k", body: { characters: 128 } });
    const bytes = [255, 248, ...Array.from({ length: 248 }, (_, byte) => byte)];
    let drawn = 0;
    const counting: Random = {
      bytes: (length) => Uint8Array.from({ length }, () => bytes[drawn++ % bytes.length] ?? 0),
    };
    expect(generateKeyText(format, undefined, counting).slice(2, 6)).toBe("0123");
  });

  test("an environment the format doesn't have is a validation error", () => {
    const plain = createKeyFormat({ prefix: "sk" });
    for (const generate of [
      () => generateKeyText(live, "staging", random),
      () => generateKeyText(live, undefined, random),
      () => generateKeyText(plain, "live", random),
    ]) {
      expect(generate).toThrow(expect.objectContaining({ code: "VALIDATION_FAILED" }));
    }
  });
});

describe("parsing", () => {
  test("one changed character is refused before any look-up", () => {
    fc.assert(
      fc.property(anyFormat, fc.nat(), fc.constantFrom(..."0aZ_-é"), (format, at, replacement) => {
        const text = generateKeyText(format, format.environments[0], random);
        const position = at % text.length;
        const changed = text.slice(0, position) + replacement + text.slice(position + 1);
        expect(parseKeyText(format, changed).ok).toBe(changed === text);
      }),
    );
  });

  test("each refusal says why", () => {
    const text = generateKeyText(live, "live", random);
    const reasonOf = (candidate: string) => {
      const verdict = parseKeyText(live, candidate);
      return verdict.ok ? "ok" : verdict.reason;
    };
    expect(reasonOf("")).toBe("prefix");
    expect(reasonOf("eyJhbGciOiJSUzI1NiJ9.e30.c2ln")).toBe("prefix");
    expect(reasonOf(text.replace("sk_", "pk_"))).toBe("prefix");
    expect(reasonOf(text.replace("live", "prod"))).toBe("environment");
    expect(reasonOf(text.replace("_live", ""))).toBe("environment");
    expect(reasonOf(text.slice(0, -1))).toBe("malformed");
    expect(reasonOf(`${text.slice(0, -1)} `)).toBe("malformed");
    expect(reasonOf(`${text.slice(0, -1)}\n`)).toBe("malformed");
    expect(reasonOf(`${text}\n`)).toBe("too_long");
    expect(reasonOf(text.replace("live", "test"))).toBe("checksum");
  });

  test("a text of two million characters is refused without reading it", () => {
    expect(parseKeyText(live, `sk_live_${"a".repeat(2_000_000)}`)).toEqual({ ok: false, reason: "too_long" });
    expect(parseKeyText(live, "_".repeat(2_000_000))).toEqual({ ok: false, reason: "prefix" });
  });

  test("no text whatever makes it throw", () => {
    const anyText = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string().map((tail) => `sk_live_${tail}`),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        expect(parseKeyText(live, text).ok).toBe(false);
      }),
    );
  });

  test("a prefix with an underscore is not taken for an environment", () => {
    const format = createKeyFormat({ prefix: "acme_live" });
    const text = generateKeyText(format, undefined, random);
    expect(parseKeyText(format, text)).toEqual({ ok: true, environment: undefined });
    expect(parseKeyText(createKeyFormat({ prefix: "acme" }), text).ok).toBe(false);
  });
});

test("a format that breaks rules is a configuration error that names all of them", () => {
  for (const prefix of ["", "_a", "a_", "1a", "a-b", "a".repeat(32), "ä", "a\n"]) {
    expect(() => createKeyFormat({ prefix })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  }
  const everythingWrong = () =>
    createKeyFormat({ prefix: "a.b", environments: ["live", "li_ve", "live"], body: { bytes: 8 } });
  const pointers = ["/prefix", "/environments/1", "/environments", "/body"];
  expect(everythingWrong).toThrow(
    expect.objectContaining({ problems: pointers.map((pointer) => expect.objectContaining({ pointer })) }),
  );
});

test("the scanner's pattern doesn't find longer words or other prefixes", () => {
  const text = generateKeyText(live, "test", random);
  const finds = (candidate: string) => new RegExp(keyPattern(live)).test(candidate);
  expect(finds(text)).toBe(true);
  for (const other of [`x${text}`, `${text}x`, `${text}_`, text.slice(0, -1), text.replace("test", "prod")]) {
    expect(finds(other)).toBe(false);
  }
});

test("the hash covers the whole text", () => {
  const crypto = {
    sha256Hex: (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex"),
  };
  expect(hashKey("abc", crypto)).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
