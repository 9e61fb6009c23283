import { describe, expect, test } from "vitest";
import { createTestKit, response, TENANT, type TestKit } from "./kit.js";

const post = { tenantId: TENANT, type: "post.published", data: { postId: "p1" } };
const twoTries = { kind: "list", delaysSeconds: [0, 60] } as const;

async function createEndpoint({ tenon }: TestKit, change: object = {}) {
  const url = "https://partner.example/hooks";
  return tenon.endpoints.create({ tenantId: TENANT, url, eventTypes: ["*"], ...change });
}

async function publishOne(kit: TestKit, change: object = {}) {
  const { message } = await kit.tenon.webhooks.publish({ ...post, ...change });
  const { items } = await kit.tenon.deliveries.list({ tenantId: TENANT, messageId: message.id });
  return { tenantId: TENANT, deliveryId: items[0]?.id ?? expect.unreachable("there is a delivery") };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (isSo()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect.unreachable("it never came about");
}

describe("deliverNow", () => {
  test("makes one attempt, due or not, and returns the delivery as it stands then", async () => {
    const kit = createTestKit();
    await createEndpoint(kit, { retrySchedule: twoTries });
    const deliverAt = new Date(kit.clock.now().getTime() + 3_600_000);
    const reference = await publishOne(kit, { deliverAt });
    kit.transport.answer(500, 200);
    const failed = await kit.tenon.webhooks.deliverNow(reference);
    expect(failed).toMatchObject({ id: reference.deliveryId, state: "retrying", attemptCount: 1 });
    const delivered = await kit.tenon.webhooks.deliverNow(reference);
    expect(delivered).toMatchObject({ state: "succeeded", attemptCount: 2, finishedAt: kit.clock.now() });
    expect(kit.transport.requests).toHaveLength(2);
    expect(await kit.tenon.deliveries.attempts(reference)).toHaveLength(2);
  });

  test("says so when no attempt can be made: final, held or not there", async () => {
    const kit = createTestKit();
    const { id: endpointId } = await createEndpoint(kit);
    const done = await publishOne(kit);
    await kit.tenon.webhooks.deliverNow(done);
    await expect(kit.tenon.webhooks.deliverNow(done)).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining("succeeded"),
    });
    const held = await publishOne(kit);
    await kit.tenon.endpoints.disable({ tenantId: TENANT, endpointId });
    await expect(kit.tenon.webhooks.deliverNow(held)).rejects.toThrow(/is held/);
    const unknown = { tenantId: TENANT, deliveryId: "dlv_nope" };
    await expect(kit.tenon.webhooks.deliverNow(unknown)).rejects.toMatchObject({
      code: "DELIVERY_NOT_FOUND",
    });
    await expect(kit.tenon.webhooks.deliverNow({ ...held, tenantId: "globex" })).rejects.toMatchObject({
      code: "DELIVERY_NOT_FOUND",
    });
    expect(kit.transport.requests).toHaveLength(1);
  });

  test("410 disables the endpoint here too", async () => {
    const kit = createTestKit();
    const { id: endpointId } = await createEndpoint(kit);
    kit.transport.answer(410);
    expect(await kit.tenon.webhooks.deliverNow(await publishOne(kit))).toMatchObject({
      failureReason: "gone",
    });
    const endpoint = await kit.tenon.endpoints.get({ tenantId: TENANT, endpointId });
    expect(endpoint.disabledReason).toBe("gone");
  });
});

describe("drain", () => {
  test("delivers what is due and what waits for its time, retries included", async () => {
    const kit = createTestKit();
    await createEndpoint(kit, { retrySchedule: twoTries });
    await publishOne(kit);
    await publishOne(kit, { deliverAt: new Date(kit.clock.now().getTime() + 5_000) });
    kit.transport.answer(500);
    const drained = kit.tenon.webhooks.drain({ withinMs: 120_000 });
    for (const ms of [5_000, 55_000]) {
      await until(() => kit.clock.pendingWaits > 0);
      kit.clock.advance(ms);
    }
    expect(await drained).toEqual({ attemptCount: 3 });
    const { items } = await kit.tenon.deliveries.list({ tenantId: TENANT });
    expect(items.map(({ state }) => state)).toEqual(["succeeded", "succeeded"]);
  });

  test("waits for the retry that a fifo endpoint's others wait for", async () => {
    const kit = createTestKit();
    await createEndpoint(kit, { retrySchedule: twoTries, fifo: true });
    await publishOne(kit);
    await publishOne(kit);
    kit.transport.answer(500);
    const drained = kit.tenon.webhooks.drain({ withinMs: 120_000 });
    await until(() => kit.clock.pendingWaits > 0);
    kit.clock.advance(60_000);
    expect(await drained).toEqual({ attemptCount: 3 });
  });

  test("waits for the end of a pause that others of the endpoint wait for, also after a last attempt", async () => {
    for (const delaysSeconds of [[0], [0, 60]]) {
      const kit = createTestKit();
      await createEndpoint(kit, { retrySchedule: { kind: "list", delaysSeconds }, concurrency: 1 });
      await publishOne(kit);
      await publishOne(kit);
      kit.transport.answer(response(429, { "retry-after": "5" }));
      const drained = kit.tenon.webhooks.drain({ withinMs: 30_000 });
      await until(() => kit.clock.pendingWaits > 0);
      kit.clock.advance(5_000);
      expect(await drained).toEqual({ attemptCount: 2 });
    }
  });

  test("doesn't wait for what comes after its time", async () => {
    const kit = createTestKit();
    await createEndpoint(kit, { retrySchedule: twoTries });
    await publishOne(kit);
    kit.transport.answer(response(500));
    expect(await kit.tenon.webhooks.drain()).toEqual({ attemptCount: 1 });
  });

  test("ends when its signal aborts", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    await publishOne(kit, { deliverAt: new Date(kit.clock.now().getTime() + 5_000) });
    const stop = new AbortController();
    const drained = kit.tenon.webhooks.drain({ signal: stop.signal });
    await until(() => kit.clock.pendingWaits > 0);
    stop.abort();
    expect(await drained).toEqual({ attemptCount: 0 });
  });
});

describe("enabling an endpoint", () => {
  test("delivers what was held, unless it is to be cancelled", async () => {
    const kit = createTestKit();
    const reference = { tenantId: TENANT, endpointId: (await createEndpoint(kit)).id };
    for (const held of ["deliver", "cancel"] as const) {
      await kit.tenon.endpoints.disable(reference);
      const { deliveryId } = await publishOne(kit);
      await kit.tenon.endpoints.enable({ ...reference, held });
      await kit.tenon.webhooks.runOnce();
      const { state } = await kit.tenon.deliveries.get({ tenantId: TENANT, deliveryId });
      expect(state).toBe(held === "deliver" ? "succeeded" : "cancelled");
    }
  });

  test("of an enabled endpoint nothing is cancelled", async () => {
    const kit = createTestKit();
    const { id: endpointId } = await createEndpoint(kit);
    const delivery = await publishOne(kit);
    await kit.tenon.endpoints.enable({ tenantId: TENANT, endpointId, held: "cancel" });
    expect((await kit.tenon.deliveries.get(delivery)).state).toBe("pending");
    const unknown = { tenantId: TENANT, endpointId: "ep_nope", held: "cancel" } as const;
    await expect(kit.tenon.endpoints.enable(unknown)).rejects.toMatchObject({ code: "WEBHOOK_NOT_FOUND" });
  });

  test("what somebody else enables meanwhile is delivered, not cancelled", async () => {
    const kit = createTestKit();
    const reference = { tenantId: TENANT, endpointId: (await createEndpoint(kit)).id };
    await kit.tenon.endpoints.disable(reference);
    const messages = Array.from({ length: 1_000 }, () => ({ type: "t", data: 1 }));
    for (let call = 0; call < 3; call++) await kit.tenon.webhooks.publishMany({ tenantId: TENANT, messages });
    const cancelling = kit.tenon.endpoints.enable({ ...reference, held: "cancel" });
    await Promise.all([cancelling, kit.tenon.endpoints.enable(reference)]);
    const { count } = await kit.tenon.deliveries.count({ tenantId: TENANT, state: "pending" });
    expect(count).toBeGreaterThanOrEqual(1_000);
  });

  test("2,500 held deliveries are cancelled, in steps", async () => {
    const kit = createTestKit();
    const reference = { tenantId: TENANT, endpointId: (await createEndpoint(kit)).id };
    await kit.tenon.endpoints.disable(reference);
    const messages = Array.from({ length: 500 }, () => ({ type: "t", data: 1 }));
    for (let call = 0; call < 5; call++) await kit.tenon.webhooks.publishMany({ tenantId: TENANT, messages });
    await kit.tenon.endpoints.enable({ ...reference, held: "cancel" });
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
  });
});
