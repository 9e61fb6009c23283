import fc from "fast-check";
import { expect, test } from "vitest";
import { WebhookVerificationError } from "../webhook-verification-error.js";
import { standardWebhooks } from "./signature-profile.js";
import { decodeSigningKey, decodeVerifyingKeys } from "./webhook-key.js";

const key = fc.uint8Array({ minLength: 24, maxLength: 64 });
const decodeSecret = (text: string) => decodeSigningKey(text).bytes;
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
        const { algorithm, bytes } = decodeSigningKey(secret);
        fc.pre(algorithm === "hmac-sha256");
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
            expect(decodeVerifyingKeys(secrets).length).toBeGreaterThan(0);
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
  expect(() => decodeVerifyingKeys([good, "whsec_short"])).toThrow(/secrets\[1\] is not a signing secret/);
  expect(() => decodeVerifyingKeys([undefined, good])).toThrow(
    /secrets\[0\] is empty .+ environment variable/,
  );
  expect(() => decodeVerifyingKeys([])).toThrow(/No secret was given/);
});

test("as UTF-8, the whole text is the key", () => {
  const asText = { key: "utf8" } as const;
  const { algorithm, bytes } = decodeSigningKey("whsec_é", asText);
  expect([algorithm, Buffer.from(bytes).toString()]).toEqual(["hmac-sha256", "whsec_é"]);
  expect(() => decodeSigningKey("", asText)).toThrow(WebhookVerificationError);
  expect(() => decodeSigningKey("\ud800", asText)).toThrow(WebhookVerificationError);
});

test("whsk_ signs and whpk_ verifies, and neither does the other's work", () => {
  const seed = Buffer.alloc(32, 7);
  const [privateKey, publicKey] = [`whsk_${toBase64(seed)}`, `whpk_${toBase64(seed)}`];
  expect(decodeSigningKey(privateKey)).toEqual({ algorithm: "ed25519", bytes: new Uint8Array(seed) });
  expect(decodeVerifyingKeys(publicKey)).toEqual([{ algorithm: "ed25519", bytes: new Uint8Array(seed) }]);
  expect(() => decodeSigningKey(publicKey)).toThrow(/whsk_/);
  expect(() => decodeVerifyingKeys([privateKey])).toThrow(/whpk_/);
  const withPublicKey = Buffer.concat([seed, Buffer.alloc(32, 1)]);
  expect([...decodeSigningKey(`whsk_${toBase64(withPublicKey)}`).bytes]).toEqual([...seed]);
  for (const size of [0, 31, 33, 63, 64, 65]) {
    expect(() => decodeVerifyingKeys(`whpk_${toBase64(Buffer.alloc(size))}`)).toThrow(/not a signing secret/);
    if (size !== 64) expect(() => decodeSigningKey(`whsk_${toBase64(Buffer.alloc(size))}`)).toThrow(/not a/);
  }
});

test("a public key is never an HMAC key, in no format: whoever reads it could sign with it", () => {
  const { ed25519Prefix: _, ...withoutEd25519 } = standardWebhooks;
  for (const profile of [{ key: "utf8" } as const, withoutEd25519]) {
    for (const text of [
      `whpk_${toBase64(new Uint8Array(32))}`,
      `whsk_${toBase64(new Uint8Array(32))}`,
      "whpk_x",
    ]) {
      expect(() => decodeVerifyingKeys(text, profile)).toThrow(WebhookVerificationError);
      expect(() => decodeSigningKey(text, profile)).toThrow(WebhookVerificationError);
    }
  }
});
