import { ConfigError } from "@tenon/core";
import { type SignatureProfile, standardWebhooks, verifyWebhook } from "@tenon/verify-webhook";
import { expect, test } from "vitest";
import { createTestKit, TENANT } from "./kit.js";

const kept = {
  headers: { timestamp: "x-example-timestamp", signature: "x-example-signature" },
  content: "{timestamp}.{body}",
  timestampUnit: "milliseconds",
  encoding: "hex",
  prefix: "sha256=",
  key: "utf8",
} as const satisfies SignatureProfile;

test("a delivery carries every configured format, signed anew at each attempt", async () => {
  const signatureProfiles = [standardWebhooks, kept];
  const { tenon, transport, clock } = createTestKit({ webhooks: { signatureProfiles } });
  const endpoint = await tenon.endpoints.create({
    tenantId: TENANT,
    url: "https://example.com/hook",
    eventTypes: ["*"],
  });
  await tenon.webhooks.publish({ tenantId: TENANT, type: "post.published", data: { postId: "42" } });
  transport.answer(500, 204);
  await tenon.webhooks.runOnce();
  await clock.advance(10_000);
  await tenon.webhooks.runOnce();

  expect(transport.requests).toHaveLength(2);
  const times = transport.requests.map(({ headers }) => Number(headers["x-example-timestamp"]));
  expect(times[1]).toBeGreaterThan(times[0] ?? Number.NaN);
  for (const [index, { headers, body }] of transport.requests.entries()) {
    const profiles = [standardWebhooks, kept];
    const secret = endpoint.secret.reveal();
    await verifyWebhook(body ?? "", headers, secret, { profiles, now: new Date(times[index] ?? 0) });
  }
});

test("formats that collide are a ConfigError when the kit is made", () => {
  const signatureProfiles = [
    standardWebhooks,
    { ...kept, headers: { ...kept.headers, signature: "webhook-signature" } },
  ];
  const create = () => createTestKit({ webhooks: { signatureProfiles } });
  expect(create).toThrow(ConfigError);
  expect(create).toThrow(
    expect.objectContaining({
      problems: [expect.objectContaining({ pointer: "/webhooks/signatureProfiles/1" })],
    }),
  );
});

test("an endpoint's own headers can't stand where a configured format signs, in any case", async () => {
  const headers = { "X-Example-Signature": "sha256=forged", "x-EXAMPLE-timestamp": "1", "X-Team": "a" };
  const input = { tenantId: TENANT, url: "https://example.com/hook", eventTypes: ["*"], headers };
  const { tenon } = createTestKit({ webhooks: { signatureProfiles: [standardWebhooks, kept] } });
  const problems = [
    expect.objectContaining({ pointer: "/headers/X-Example-Signature" }),
    expect.objectContaining({ pointer: "/headers/x-EXAMPLE-timestamp" }),
  ];
  await expect(tenon.endpoints.create(input)).rejects.toMatchObject({ code: "VALIDATION_FAILED", problems });
  const { id } = await tenon.endpoints.create({ ...input, headers: {} });
  const update = tenon.endpoints.update({ tenantId: TENANT, endpointId: id, headers });
  await expect(update).rejects.toMatchObject({ code: "VALIDATION_FAILED", problems });
  await createTestKit().tenon.endpoints.create(input);
});
