import type { TenonConfig } from "@tenon/core";
import { type ConfigError, createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { describe, expect, test } from "vitest";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const DAY_MS = 86_400_000;
const nothing = {
  messages: 0,
  deliveries: 0,
  attempts: 0,
  rateLimitSubjects: 0,
  endpoints: 0,
  usageCounts: 0,
};

async function createEndpoint({ tenon }: TestKit, tenantId = TENANT): Promise<string> {
  const url = "https://partner.example/hooks";
  return (await tenon.endpoints.create({ tenantId, url, eventTypes: ["*"] })).id;
}

async function publish({ tenon }: TestKit, fields: object = {}) {
  const post = { tenantId: TENANT, type: "post.published", data: { postId: "p1" }, ...fields };
  return (await tenon.webhooks.publish(post)).message;
}

describe("a message that ended 30 days ago", () => {
  async function expired() {
    const kit = createTestKit({ webhooks: { retrySchedule: { kind: "list", delaysSeconds: [0] } } });
    const endpointId = await createEndpoint(kit);
    kit.transport.answer(500);
    const { id: messageId } = await publish(kit);
    const { items } = await kit.tenon.deliveries.list({ tenantId: TENANT, messageId });
    const reference = { tenantId: TENANT, deliveryId: items[0]?.id ?? "" };
    await kit.tenon.webhooks.runOnce();
    return { kit, endpointId, messageId, reference };
  }

  test("is removed with its deliveries, attempts and idempotency key, and not a moment sooner", async () => {
    const { kit, messageId } = await expired();
    kit.clock.advance(30 * DAY_MS - 1);
    expect(await kit.tenon.prune()).toMatchObject(nothing);
    kit.clock.advance(1);
    expect(await kit.tenon.prune()).toMatchObject({ ...nothing, messages: 1, deliveries: 1, attempts: 1 });
    await expect(kit.tenon.messages.get({ tenantId: TENANT, messageId })).rejects.toMatchObject({
      code: "MESSAGE_NOT_FOUND",
    });
  });

  test("can't be retried, delivered, discarded or resent, and the refusal says how long messages are kept", async () => {
    const { kit, endpointId, messageId, reference } = await expired();
    kit.clock.advance(31 * DAY_MS);
    await kit.tenon.prune();
    const advice = expect.stringContaining("retentionDays");
    const { deliveries, webhooks } = kit.tenon;
    for (const call of [deliveries.retry, deliveries.discard, deliveries.get, webhooks.deliverNow]) {
      await expect(call(reference)).rejects.toMatchObject({ code: "DELIVERY_NOT_FOUND", message: advice });
    }
    await expect(deliveries.resend({ tenantId: TENANT, messageId, endpointId })).rejects.toMatchObject({
      code: "MESSAGE_NOT_FOUND",
      message: advice,
    });
  });

  test("isn't found by recover nor by replay", async () => {
    const { kit, endpointId } = await expired();
    kit.clock.advance(31 * DAY_MS);
    await kit.tenon.prune();
    const since = new Date(0);
    expect(await kit.tenon.deliveries.recover({ tenantId: TENANT, endpointId, since })).toMatchObject({
      recovered: 0,
    });
    expect(await kit.tenon.deliveries.replay({ tenantId: TENANT, endpointId, since })).toMatchObject({
      replayed: 0,
    });
    expect(kit.transport.requests).toHaveLength(1);
  });
});

test("what is held keeps its payload, and is delivered whole after years", async () => {
  const kit = createTestKit();
  const endpointId = await createEndpoint(kit);
  await kit.tenon.endpoints.disable({ tenantId: TENANT, endpointId });
  await publish(kit);
  kit.clock.advance(800 * DAY_MS);
  expect(await kit.tenon.prune()).toMatchObject(nothing);
  await kit.tenon.endpoints.enable({ tenantId: TENANT, endpointId });
  await kit.tenon.webhooks.runOnce();
  expect(new TextDecoder().decode(kit.transport.requests[0]?.body as Uint8Array)).toContain('"postId":"p1"');
});

test("each tenant's messages are kept as long as the host says of it; where it can't say, all are", async () => {
  const days: Record<string, number | "keep"> = { short: 1, long: 90, forever: "keep" };
  const retentionDays = async (tenantId: string) => days[tenantId] ?? Promise.reject(new Error("no plan"));
  const kit = createTestKit({ webhooks: { retentionDays } });
  const tenants = ["short", "long", "forever", "unknown"];
  for (const tenantId of tenants) await publish(kit, { tenantId });
  const kept = async () => {
    const pages = await Promise.all(tenants.map((tenantId) => kit.tenon.messages.list({ tenantId })));
    return tenants.filter((_, index) => pages[index]?.items.length === 1);
  };
  kit.clock.advance(2 * DAY_MS);
  await kit.tenon.prune();
  expect(await kept()).toEqual(["long", "forever", "unknown"]);
  kit.clock.advance(90 * DAY_MS);
  await kit.tenon.prune();
  expect(await kept()).toEqual(["forever", "unknown"]);
  expect(kit.logLines.join("\n")).toMatch(/retention is not known.*unknown/);
});

test("counts of calls are kept for 400 days", async () => {
  const kit = createTestKit();
  const key = await kit.tenon.apiKeys.create({ tenantId: TENANT, name: "Zapier", scopes: [] });
  await kit.tenon.apiKeys.authenticate({ key: key.secret.reveal() });
  await kit.tenon.apiKeys.usage({ tenantId: TENANT, keyId: key.id });
  kit.clock.advance(399 * DAY_MS);
  expect(await kit.tenon.prune()).toMatchObject(nothing);
  kit.clock.advance(2 * DAY_MS);
  expect(await kit.tenon.prune()).toMatchObject({ ...nothing, usageCounts: 1 });
});

test("an endpoint that was deleted is removed with its last delivery", async () => {
  const kit = createTestKit();
  const endpointId = await createEndpoint(kit);
  await publish(kit);
  await kit.tenon.webhooks.runOnce();
  await kit.tenon.endpoints.delete({ tenantId: TENANT, endpointId });
  kit.clock.advance(2 * DAY_MS);
  expect(await kit.tenon.prune()).toMatchObject(nothing);
  kit.clock.advance(30 * DAY_MS);
  expect(await kit.tenon.prune()).toMatchObject({ messages: 1, endpoints: 1 });
});

test("a runner prunes by itself, once an hour what is kept for days, without `start()`", async () => {
  const kit = createTestKit();
  await publish(kit);
  kit.clock.advance(40 * DAY_MS);
  const runner = kit.tenon.webhooks.startRunner();
  const left = async () => (await kit.tenon.messages.list({ tenantId: TENANT })).items.length;
  const untilPruned = async () => {
    while ((await left()) > 0) {
      kit.clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const startedAtMs = kit.clock.now().getTime();
  await untilPruned();
  expect(kit.clock.now().getTime() - startedAtMs).toBeGreaterThanOrEqual(60_000);
  await runner.stop();
});

test("a retention that is none is refused when the kit is made", () => {
  const problemOf = (config: Partial<TenonConfig>) => {
    try {
      createTenon({ storage: memoryStorage(), ...config });
    } catch (error) {
      return (error as ConfigError).problems.map(({ pointer }) => pointer);
    }
    return [];
  };
  expect(problemOf({ webhooks: { retentionDays: -1 } })).toEqual(["/webhooks/retentionDays"]);
  expect(problemOf({ webhooks: { retentionDays: "forever" as "keep" } })).toEqual([
    "/webhooks/retentionDays",
  ]);
  expect(problemOf({ apiKeys: { usageRetentionDays: Number.NaN } })).toEqual(["/apiKeys/usageRetentionDays"]);
});
