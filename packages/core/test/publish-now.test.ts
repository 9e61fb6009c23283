import { createTenon } from "@tenon/core";
import { expect, test } from "vitest";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const retrySchedule = { kind: "list" as const, delaysSeconds: [0, 60] };

async function createEndpoint({ tenon }: TestKit) {
  const url = "https://partner.example/hooks";
  const eventTypes = ["post.*"];
  const { id } = await tenon.endpoints.create({ tenantId: TENANT, url, eventTypes, retrySchedule });
  return id;
}

const event = (endpointId: string) => ({
  tenantId: TENANT,
  endpointId,
  type: "post.published",
  data: { postId: "p1" },
});

test("publishNow makes the first attempt and returns what came of it, beside a runner as without one", async () => {
  const kit = createTestKit();
  const endpointId = await createEndpoint(kit);
  const withRunner = createTestKit({ storage: kit.storage, transport: kit.transport });
  const runner = withRunner.tenon.webhooks.startRunner();
  for (const { tenon } of [kit, withRunner]) {
    const delivery = await tenon.webhooks.publishNow(event(endpointId));
    expect(delivery).toMatchObject({ endpointId, state: "succeeded", attemptCount: 1 });
  }
  await runner.stop();
  expect(kit.transport.requests).toHaveLength(2);
});

test("what publishNow failed to deliver is retried by runners", async () => {
  const kit = createTestKit();
  const endpointId = await createEndpoint(kit);
  kit.transport.answer(500);
  const delivery = await kit.tenon.webhooks.publishNow(event(endpointId));
  expect(delivery).toMatchObject({ state: "retrying", attemptCount: 1 });
  kit.clock.advance(60_000);
  expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 1 });
  const { state } = await kit.tenon.deliveries.get({ tenantId: TENANT, deliveryId: delivery.id });
  expect(state).toBe("succeeded");
});

test("publishNow to a disabled endpoint is held, and nothing is sent", async () => {
  const kit = createTestKit();
  const endpointId = await createEndpoint(kit);
  await kit.tenon.endpoints.disable({ tenantId: TENANT, endpointId });
  expect(await kit.tenon.webhooks.publishNow(event(endpointId))).toMatchObject({ state: "held" });
  expect(kit.transport.requests).toEqual([]);
});

test("publishNow stores nothing where the endpoint isn't the tenant's, or takes no such events", async () => {
  const kit = createTestKit();
  const endpointId = await createEndpoint(kit);
  const { publishNow } = kit.tenon.webhooks;
  await expect(publishNow({ ...event(endpointId), type: "user.deleted" })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await expect(publishNow({ ...event(endpointId), tenantId: "globex" })).rejects.toMatchObject({
    code: "WEBHOOK_NOT_FOUND",
  });
  await expect(publishNow(event("ep_nope"))).rejects.toMatchObject({ code: "WEBHOOK_NOT_FOUND" });
  for (const tenantId of [TENANT, "globex"])
    expect((await kit.tenon.messages.list({ tenantId })).items).toEqual([]);
});

test("publishNow repeated under one idempotency key sends once", async () => {
  const kit = createTestKit();
  const endpointId = await createEndpoint(kit);
  const repeated = { ...event(endpointId), idempotencyKey: "once" };
  const first = await kit.tenon.webhooks.publishNow(repeated);
  const second = await kit.tenon.webhooks.publishNow(repeated);
  expect([second.id, second.state]).toEqual([first.id, "succeeded"]);
  expect(kit.transport.requests).toHaveLength(1);
});

test("publishNow without a transport or vault keys says so, and stores nothing", async () => {
  const kit = createTestKit();
  const endpointId = await createEndpoint(kit);
  const { webhooks } = createTenon({ storage: kit.storage });
  await expect(webhooks.publishNow(event(endpointId))).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  expect((await kit.tenon.messages.list({ tenantId: TENANT })).items).toEqual([]);
});

test("webhooks.timeoutMs is the time limit of endpoints and runners that have none of their own", async () => {
  const kit = createTestKit({ webhooks: { timeoutMs: 10_000 } });
  const endpointId = await createEndpoint(kit);
  await kit.tenon.webhooks.publishNow(event(endpointId));
  await kit.tenon.webhooks.publish(event(endpointId));
  await kit.tenon.webhooks.runOnce();
  await kit.tenon.webhooks.publish(event(endpointId));
  await kit.tenon.webhooks.runOnce({ timeoutMs: 5_000 });
  expect(kit.transport.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 10_000, 5_000]);
});
