import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import * as nodeCrypto from "../src/crypto.node.js";
import * as webCrypto from "../src/crypto.web.js";
import {
  checkWebhook,
  decodeSigningKey,
  formatSignature,
  formatTimestamp,
  signedContent,
} from "../src/index.js";
import { verifyWith } from "../src/verify-with.js";
import { hmacVectors, profileVectors, receive, webhookVectors } from "./vectors.js";

const bothForms = [
  ["node:crypto", nodeCrypto],
  ["WebCrypto", webCrypto],
] as const;

describe.each(bothForms)("with %s", (_name, crypto) => {
  test.each(webhookVectors)("webhook vector: $name", async (vector) => {
    const { options, ...untrusted } = receive(vector);
    const verifying = verifyWith(crypto, untrusted, options);
    if (vector.expect.ok) {
      expect((await verifying).event).toStrictEqual(vector.expect.event);
    } else {
      await expect(verifying).rejects.toMatchObject({
        name: "WebhookVerificationError",
        code: vector.expect.code,
      });
    }
  });

  test.each(hmacVectors)("HMAC-SHA256: $name", async ({ keyHex, dataHex, macHex }) => {
    const [key, data] = [Buffer.from(keyHex, "hex"), Buffer.from(dataHex, "hex")];
    const mac = await crypto.hmacSha256(key, data, "hex");
    expect(mac).toMatch(/^[0-9a-f]{64}$/);
    expect(mac.slice(0, macHex.length)).toBe(macHex);
    expect(await crypto.hmacSha256(key, data, "base64")).toBe(Buffer.from(mac, "hex").toString("base64"));
  });

  test("HMAC-SHA256 is node:crypto's for every length of key and content, as text and as bytes", async () => {
    const characters = ["a", "\u00e9", "\u20ac", "\u{1f600}"];
    for (const keyLength of [1, 24, 63, 64, 65, 200]) {
      const key = Buffer.alloc(keyLength, keyLength);
      for (const length of [0, 1, 55, 64, 200, 2048, 10_000, 21_823, 21_824, 21_825, 40_000]) {
        const text = characters[length % 4]?.repeat(length) ?? "";
        const expected = createHmac("sha256", key).update(text).digest("base64");
        expect(await crypto.hmacSha256(key, text, "base64")).toBe(expected);
        expect(await crypto.hmacSha256(key, Buffer.from(text), "base64")).toBe(expected);
      }
    }
  });

  test("keys that take turns, also at once, each sign with their own", async () => {
    const keys = [1, 2, 1, 1, 2].map((fill) => Buffer.alloc(24, fill));
    const macs = await Promise.all(keys.map((key) => crypto.hmacSha256(key, "{}", "hex")));
    for (const [index, key] of keys.entries()) {
      const expected = createHmac("sha256", key).update("{}").digest("hex");
      expect(macs[index]).toBe(expected);
      expect(await crypto.hmacSha256(key, "{}", "hex")).toBe(expected);
    }
  });

  test("equal texts are equal; another character, another length and nothing are not", () => {
    expect(crypto.equalTexts("v1,abc", "v1,abc")).toBe(true);
    expect(crypto.equalTexts("", "")).toBe(true);
    expect(crypto.equalTexts("v1,abc", "v1,abd")).toBe(false);
    expect(crypto.equalTexts("v1,abc", "v1,ab")).toBe(false);
    expect(crypto.equalTexts("v1,ab", "v1,ab\0")).toBe(false);
    expect(crypto.equalTexts("", "\0")).toBe(false);
  });

  test("a character that only ends like an ASCII one is another", () => {
    for (const high of [0x80, 0x100, 0x141, 0xff00, 0xd800]) {
      expect(crypto.equalTexts("a", String.fromCharCode(high + 0x61))).toBe(false);
      expect(crypto.equalTexts("a", String.fromCharCode(high | 0x61))).toBe(false);
    }
  });

  test("random bytes have the length asked for and differ", () => {
    expect(crypto.randomBytes(16)).toHaveLength(16);
    expect(Buffer.from(crypto.randomBytes(16))).not.toEqual(Buffer.from(crypto.randomBytes(16)));
  });
});

test("checkWebhook gives each vector's answer, with the message's id and time", async () => {
  for (const vector of webhookVectors) {
    const { body, headers, secrets, options } = receive(vector);
    const result = await checkWebhook(body, headers, secrets, options);
    expect({ name: vector.name, ...result }).toMatchObject({ name: vector.name, ...vector.expect });
    if (result.ok) {
      expect(result.id).toBe("msg_p5jXN8AQM9LWM0D4loKWxJek");
      expect(result.timestamp).toStrictEqual(new Date(1614265330_000));
    }
  }
});

test("the accepted vectors hold the signature that node:crypto and the reference library compute", () => {
  const accepted = webhookVectors.filter(({ expect: { ok } }) => ok);
  expect(accepted.length).toBeGreaterThan(15);
  for (const vector of accepted) {
    const body = vector.body ?? Buffer.from(vector.bodyBase64 ?? "", "base64").toString();
    const signatures = [vector.secrets].flat().map((secret) => {
      const signature = new Webhook(secret).sign(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        new Date(1614265330_000),
        body,
      );
      const key = Buffer.from(secret.replace("whsec_", ""), "base64");
      const mac = createHmac("sha256", key).update(`msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.${body}`);
      expect(signature).toBe(`v1,${mac.digest("base64")}`);
      return signature;
    });
    const header = [vector.headers["webhook-signature"] ?? vector.headers["Webhook-Signature"]].flat().join();
    expect(header.split(" ").some((entry) => signatures.includes(entry))).toBe(true);
  }
});

test.each(profileVectors)(
  "profile vector: $name",
  ({ profile, secret, id, sentAt, timestamp, body, signature }) => {
    expect(formatTimestamp(profile, new Date(sentAt))).toBe(timestamp);
    const content = signedContent(profile, { id, timestamp, body: Buffer.from(body) });
    const mac = createHmac("sha256", decodeSigningKey(secret, profile).bytes).update(content).digest();
    expect(formatSignature(profile, mac)).toBe(signature);
  },
);

test("every vector has a name of its own and a reason, and every code has a vector", () => {
  expect(new Set(webhookVectors.map(({ name }) => name)).size).toBe(webhookVectors.length);
  expect(webhookVectors.every(({ reason }) => reason.length > 10)).toBe(true);
  const codes = webhookVectors.flatMap((vector) => (vector.expect.ok ? [] : [vector.expect.code]));
  expect([...new Set(codes)].sort()).toEqual([
    "malformed_header",
    "malformed_secret",
    "missing_header",
    "no_matching_signature",
    "payload_not_json",
    "payload_not_raw",
    "schema_mismatch",
    "timestamp_too_new",
    "timestamp_too_old",
  ]);
});
