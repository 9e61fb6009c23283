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
    const mac = await crypto.hmacSha256(Buffer.from(keyHex, "hex"), Buffer.from(dataHex, "hex"));
    expect(mac).toHaveLength(32);
    expect(Buffer.from(mac).toString("hex").slice(0, macHex.length)).toBe(macHex);
  });

  test("equal bytes are equal; another byte, another length and nothing are not", () => {
    const bytes = (...values: number[]) => Uint8Array.from(values);
    expect(crypto.equalBytes(bytes(1, 2, 3), bytes(1, 2, 3))).toBe(true);
    expect(crypto.equalBytes(bytes(), bytes())).toBe(true);
    expect(crypto.equalBytes(bytes(1, 2, 3), bytes(1, 2, 4))).toBe(false);
    expect(crypto.equalBytes(bytes(1, 2, 3), bytes(1, 2))).toBe(false);
    expect(crypto.equalBytes(bytes(1, 2), bytes(1, 2, 0))).toBe(false);
    expect(crypto.equalBytes(bytes(), bytes(0))).toBe(false);
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
