import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { verifyWebhook } from "../src/webhook-format.js";

const secret = "whsec_0123456789abcdef0123456789abcdef";
const body = '{"eventType":"SESSION_COMPLETED","learnerId":"learner-123"}';
const sign = (timestamp: string, key = secret) =>
  `sha256=${createHmac("sha256", key).update(`${timestamp}.${body}`).digest("hex")}`;

test("row 29: a webhook is verified by body, signature, timestamp and secret, and nothing throws", async () => {
  const now = String(Date.now());
  expect(await verifyWebhook(body, sign(now), now, secret)).toBe(true);
  expect(await verifyWebhook(body, sign(now).slice("sha256=".length), now, secret)).toBe(true);
  const recent = String(Date.now() - 290_000);
  expect(await verifyWebhook(body, sign(recent), recent, secret)).toBe(true);

  expect(await verifyWebhook(body.replace("123", "124"), sign(now), now, secret)).toBe(false);
  expect(await verifyWebhook(body, sign(now), now, `${secret}0`)).toBe(false);
  for (const timestamp of [String(Date.now() - 300_001), String(Date.now() + 301_000), "yesterday", ""]) {
    expect(await verifyWebhook(body, sign(timestamp), timestamp, secret)).toBe(false);
  }
  expect(await verifyWebhook(body, "sha256=00", now, secret)).toBe(false);
  expect(await verifyWebhook(body, "", now, secret)).toBe(false);
  expect(await verifyWebhook(body, undefined as unknown as string, now, secret)).toBe(false);
});

test("the known signature of the platform's documents is this one", () => {
  const known = "sha256=00440d4fb8304af3c6673a086a7217d369aba0cb76b7f861237ae8f4f1fad082";
  expect(sign("1717237800000")).toBe(known);
});
