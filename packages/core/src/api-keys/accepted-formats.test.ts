import { expect, test } from "vitest";
import { createAcceptedFormats, recognizeKeyText } from "./accepted-formats.js";
import { parseKeyHash } from "./hash-key.js";
import { createKeyFormat } from "./key-format.js";

const format = createKeyFormat({ prefix: "sk" });

function accepts(pattern: RegExp | string, text: string): boolean {
  return recognizeKeyText({ format, acceptedFormats: createAcceptedFormats([{ pattern }]) }, text).ok;
}

test("a pattern speaks of the whole text, whatever its flags and however it is written", () => {
  for (const pattern of [/old-\d{4}/, /^old-\d{4}$/, /old-\d{4}/gmy, "old-\\d{4}", /x|old-\d{4}/]) {
    expect(accepts(pattern, "old-1234")).toBe(true);
    for (const text of ["old-12345", "xold-1234", "old-1234\n", "x\nold-1234", "old-1234\nx"]) {
      expect(accepts(pattern, text)).toBe(false);
    }
  }
  expect(accepts(/OLD-\d{4}/i, "old-1234")).toBe(true);
});

test("the same text is judged the same each time", () => {
  const acceptedFormats = createAcceptedFormats([{ pattern: /old-\d{4}/g }]);
  const verdicts = [1, 2, 3].map(() => recognizeKeyText({ format, acceptedFormats }, "old-1234").ok);
  expect(verdicts).toEqual([true, true, true]);
});

test("texts over 256 characters match nothing, and the pattern is not tried", () => {
  expect(accepts(/a*/, "a".repeat(256))).toBe(true);
  expect(accepts(/a*/, "a".repeat(257))).toBe(false);
  expect(accepts(/(a+)+b/, "a".repeat(100_000))).toBe(false);
});

test("a text that no format accepts is refused for what our own format has against it", () => {
  const acceptedFormats = createAcceptedFormats([{ pattern: /old-\d{4}/ }]);
  expect(recognizeKeyText({ format, acceptedFormats }, "eyJhbGciOiJSUzI1NiJ9.e30.c2ln")).toEqual({
    ok: false,
    reason: "prefix",
  });
});

test("every pattern that is no regular expression is named", () => {
  expect(() => createAcceptedFormats([{ pattern: "(" }, { pattern: "a" }, { pattern: "a)(b" }])).toThrow(
    expect.objectContaining({
      problems: [0, 2].map((index) =>
        expect.objectContaining({ pointer: `/acceptedFormats/${index}/pattern` }),
      ),
    }),
  );
});

test("a hash is read in the format it is said to have, and in no other", () => {
  const hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const base64 = Buffer.from(hex, "hex").toString("base64");
  const base64url = Buffer.from(hex, "hex").toString("base64url");
  expect(parseKeyHash(hex.toUpperCase(), "sha256-hex")).toBe(hex);
  for (const text of [base64, base64.replace("=", "")]) expect(parseKeyHash(text, "sha256-base64")).toBe(hex);
  for (const text of [base64url, `${base64url}=`]) expect(parseKeyHash(text, "sha256-base64url")).toBe(hex);
  for (const text of ["", hex.slice(1), `${hex}0`, base64, `${hex}\n`]) {
    expect(parseKeyHash(text, "sha256-hex")).toBeUndefined();
  }
  expect(parseKeyHash(base64, "sha256-base64url")).toBeUndefined();
  expect(parseKeyHash(base64url, "sha256-base64")).toBeUndefined();
  expect(parseKeyHash(`${base64.slice(0, 42)}B=`, "sha256-base64")).toBeUndefined();
});
