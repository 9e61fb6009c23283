import fc from "fast-check";
import { expect, test } from "vitest";
import { WebhookVerificationError } from "../webhook-verification-error.js";
import { decodeSecret, decodeSecrets } from "./signing-secret.js";

const key = fc.uint8Array({ minLength: 24, maxLength: 64 });
const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

test("every key of 24 to 64 bytes comes back from its text, with and without the prefix", () => {
  fc.assert(
    fc.property(key, (bytes) => {
      expect([...decodeSecret(`whsec_${toBase64(bytes)}`)]).toEqual([...bytes]);
      expect([...decodeSecret(toBase64(bytes))]).toEqual([...bytes]);
    }),
  );
});

test("one key has one spelling: any other text is refused or another key", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.base64String({ maxLength: 100 }),
    fc.tuple(key, fc.nat(), fc.string({ maxLength: 2 })).map(([bytes, at, insert]) => {
      const whole = `whsec_${toBase64(bytes)}`;
      return whole.slice(0, at % whole.length) + insert + whole.slice(at % whole.length);
    }),
  );
  fc.assert(
    fc.property(text, (secret) => {
      try {
        const bytes = decodeSecret(secret);
        expect(bytes.length).toBeGreaterThanOrEqual(24);
        expect(bytes.length).toBeLessThanOrEqual(64);
        expect(toBase64(bytes)).toBe(secret.replace(/^whsec_/, ""));
      } catch (error) {
        expect(error).toBeInstanceOf(WebhookVerificationError);
        expect(error).toMatchObject({ code: "malformed_secret" });
      }
    }),
  );
});

test("a list of anything gives keys or the typed error, and the message repeats no secret", () => {
  fc.assert(
    fc.property(
      fc.anything(),
      fc.array(fc.oneof(fc.anything(), fc.constant("not-a-secret.planted"))),
      (any, list) => {
        for (const secrets of [any, list]) {
          try {
            expect(decodeSecrets(secrets).length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toMatchObject({
              code: "malformed_secret",
              message: expect.not.stringContaining("planted"),
            });
          }
        }
      },
    ),
  );
});

test("the message says which of several secrets is wrong, and why", () => {
  const good = `whsec_${toBase64(new Uint8Array(24))}`;
  expect(() => decodeSecrets([good, "whsec_short"])).toThrow(/secrets\[1\] is not a signing secret/);
  expect(() => decodeSecrets([undefined, good])).toThrow(/secrets\[0\] is empty .+ environment variable/);
  expect(() => decodeSecrets([])).toThrow(/No secret was given/);
});

test("as UTF-8, the whole text is the key", () => {
  expect(Buffer.from(decodeSecret("whsec_é", "utf8")).toString()).toBe("whsec_é");
  expect(() => decodeSecret("", "utf8")).toThrow(WebhookVerificationError);
  expect(() => decodeSecret("\ud800", "utf8")).toThrow(WebhookVerificationError);
});
