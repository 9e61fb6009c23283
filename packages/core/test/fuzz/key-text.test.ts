import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import {
  createKeyFormat,
  generateKeyText,
  type KeyFormat,
  keyPattern,
  parseKeyText,
} from "@tenon/core/api-keys";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { createTestKit, TENANT } from "../kit.js";
import { FUZZ_RUNS, FUZZ_TIMEOUT_MS, hostileText, mutationsOf } from "./hostile-text.js";

vi.setConfig({ testTimeout: FUZZ_TIMEOUT_MS });

const random = { bytes: (length: number) => Uint8Array.from(randomBytes(length)) };

const formats = [
  createKeyFormat({ prefix: "sk", environments: ["live", "test"] }),
  createKeyFormat({ prefix: "aivo", body: { characters: 32 } }),
  createKeyFormat({ prefix: "acme_live", environments: ["eu", "us1"], body: { bytes: 16 } }),
  createKeyFormat({ prefix: "a_b_c", body: { bytes: 64 } }),
];

/** A format with a text made of the format's own parts, an issued key with something changed, or anything at all. */
const formatAndText = fc.constantFrom(...formats).chain((format) => {
  const issued = generateKeyText(format, format.environments[0], random);
  const body = fc.string({ unit: fc.constantFrom(..."09AZaz_-é"), minLength: 0, maxLength: 140 });
  return fc.tuple(
    fc.constant(format),
    fc.oneof(
      fc.constant(issued),
      mutationsOf(issued),
      mutationsOf(issued).chain(mutationsOf),
      fc
        .tuple(fc.constantFrom(...format.heads, `${format.prefix}_`, `${format.prefix}__`), body)
        .map((parts) => parts.join("")),
      fc.tuple(fc.constantFrom(...format.heads), hostileText).map((parts) => parts.join("")),
      hostileText,
    ),
  );
});

/** The rule of the format, written once more from its description. */
function isWellFormed(format: KeyFormat, text: string): boolean {
  const whole = new RegExp(`^${keyPattern(format).replaceAll("\\b", "")}$`);
  if (!whole.test(text) || text.endsWith("\n")) return false;
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const claimed = [...text.slice(-6)].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
  return claimed === crc32(text.slice(0, -6));
}

test("a key text is accepted exactly when it has the format and its checksum, and no text throws", () => {
  fc.assert(
    fc.property(formatAndText, ([format, text]) => {
      expect(parseKeyText(format, text).ok).toBe(isWellFormed(format, text));
    }),
    { numRuns: FUZZ_RUNS },
  );
});

test("no text but the issued one authenticates, and none throws", async () => {
  const acceptedFormats = [{ pattern: /old-[0-9a-z]{20}/ }];
  const { tenon } = createTestKit({ apiKeys: { prefix: "acme_eu", acceptedFormats } });
  const { secret } = await tenon.apiKeys.create({ tenantId: TENANT, name: "Zapier", scopes: [] });
  const issued = secret.reveal();
  const texts = fc.oneof(
    fc.constant(issued),
    mutationsOf(issued),
    mutationsOf("old-0123456789abcdefghij"),
    hostileText,
    hostileText.map((text) => `acme_eu_live_${text}`),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (key) => {
      expect((await tenon.apiKeys.authenticate({ key })).ok).toBe(key === issued);
    }),
    { numRuns: FUZZ_RUNS },
  );
});
