import assert from "node:assert/strict";
import type { Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { after, insertEndpoint, newId, OTHER_TENANT, publish, TENANT } from "./setup/fixtures.js";
import { claim, claimAll, getDelivery, LEASE_MS, settle } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const LEASE = { leaseMs: LEASE_MS, leaseMarginMs: 5_000 };

export const cancelCases = about("one delivery or one endpoint", {
  async "cancelling takes what is ready or waits, and neither what is under way nor what is final"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    const other = await insertEndpoint(storage);
    for (let second = 0; second < 3; second++) await publish(storage, { endpointId, at: after(second) });
    const [done, waiting, leased] = (await claim(storage, { now: after(3) })).deliveries;
    assert.ok(done && waiting && leased);
    await settle(storage, done, { kind: "succeeded" }, after(4));
    await settle(storage, waiting, { kind: "retry", delayMs: 60_000 }, after(4));
    await publish(storage, { endpointId, at: after(5) });
    await publish(storage, { endpointId, deliverAt: after(900), at: after(6) });
    await publish(storage, { endpointId: other.id, at: after(7) });
    const request = { tenantId: TENANT, endpointId, limit: 100 };
    assert.equal(await storage.queue.cancel({ ...request, now: after(8) }), 3);
    assert.equal(await storage.queue.cancel({ ...request, now: after(9) }), 0);
    const all = await storage.deliveries.list({ tenantId: TENANT, endpointId, limit: 9, now: after(9) });
    assert.deepEqual(
      all.map(({ state, attemptCount, finishedAt }) => [state, attemptCount, finishedAt]),
      [
        ["cancelled", 0, after(8)],
        ["cancelled", 0, after(8)],
        ["delivering", 0, undefined],
        ["cancelled", 1, after(8)],
        ["succeeded", 1, after(4)],
      ],
    );
    const claimed = await claimAll(storage, { now: after(10) });
    assert.deepEqual(
      claimed.map((one) => one.endpointId),
      [other.id],
    );
  },

  async "cancelling goes in steps of at most as many as asked, and reaches no other tenant's"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    for (let second = 0; second < 5; second++) await publish(storage, { at: after(second) });
    const cancel = (tenantId: string) =>
      storage.queue.cancel({ tenantId, endpointId, limit: 2, now: after(9) });
    assert.equal(await cancel(OTHER_TENANT), 0);
    assert.deepEqual([await cancel(TENANT), await cancel(TENANT), await cancel(TENANT)], [2, 2, 1]);
    assert.equal(await storage.queue.cancel({ tenantId: TENANT, endpointId: newId("ep"), limit: 2 }), 0);
  },

  async "cancelling the head of a fifo endpoint lets the next one go"(storage) {
    const { id: endpointId } = await insertEndpoint(storage, { fifo: true });
    await publish(storage, { at: after(0) });
    const [head] = await claimAll(storage, { now: after(1) });
    assert.ok(head);
    await settle(storage, head, { kind: "retry", delayMs: 600_000 }, after(2));
    assert.equal(await storage.queue.cancel({ tenantId: TENANT, endpointId, limit: 9, now: after(3) }), 1);
    const next = await publish(storage, { at: after(4) });
    const claimed = await claimAll(storage, { now: after(5) });
    assert.deepEqual(
      claimed.map(({ messageId }) => messageId),
      [next.id],
    );
  },

  async "one delivery is claimed before it is due, and brings all that an attempt needs"(storage) {
    const endpoint = await insertEndpoint(storage, { timeoutMs: 2_000 });
    const message = await publish(storage, { payload: '{"n":7}', deliverAt: after(600) });
    const deliveryId = await onlyDelivery(storage);
    const request = { tenantId: TENANT, deliveryId, ...LEASE };
    const claimed = await storage.queue.claimOne({ ...request, now: after(1) });
    assert.ok(claimed);
    const { leaseToken, secrets, ...rest } = claimed;
    assert.equal(secrets.length, 1);
    assert.deepEqual(rest, {
      tenantId: TENANT,
      deliveryId,
      messageId: message.id,
      endpointId: endpoint.id,
      attemptNumber: 1,
      failing: undefined,
      attemptsBefore: 0,
      payload: '{"n":7}',
      url: endpoint.url,
      endpointRevision: 1,
      retrySchedule: undefined,
      timeoutMs: 2_000,
      sealedHeaders: undefined,
      signing: "hmac",
    });
    assert.ok(leaseToken.length > 0);
    assert.equal(await settle(storage, claimed, { kind: "succeeded" }, after(2)), true);
    assert.equal(await storage.queue.claimOne({ ...request, now: after(3) }), undefined);
    assert.equal((await getDelivery(storage, deliveryId, after(3))).state, "succeeded");
  },

  async "eight callers claim one delivery beside a runner: exactly one gets it, until its lease ends"(
    storage,
  ) {
    await insertEndpoint(storage);
    await publish(storage);
    const deliveryId = await onlyDelivery(storage);
    const request = { tenantId: TENANT, deliveryId, ...LEASE };
    const answers = await race(8, async (index) =>
      index === 0
        ? (await claim(storage, { now: after(1) })).deliveries[0]
        : storage.queue.claimOne({ ...request, now: after(1) }),
    );
    assert.equal(answers.filter((claimed) => claimed !== undefined).length, 1);
    const end = 1 + LEASE_MS / 1000;
    assert.equal(await storage.queue.claimOne({ ...request, now: after(end - 0.001) }), undefined);
    assert.ok(await storage.queue.claimOne({ ...request, now: after(end) }));
  },

  async "one delivery isn't claimed at a disabled or deleted endpoint, nor by another tenant"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    await publish(storage);
    const request = { deliveryId: await onlyDelivery(storage), ...LEASE, now: after(2) };
    assert.equal(await storage.queue.claimOne({ tenantId: OTHER_TENANT, ...request }), undefined);
    await storage.endpoints.disable({ tenantId: TENANT, endpointId, reason: "manual", now: after(1) });
    assert.equal(await storage.queue.claimOne({ tenantId: TENANT, ...request }), undefined);
    await storage.endpoints.delete({ tenantId: TENANT, endpointId, now: after(1) });
    assert.equal(await storage.queue.claimOne({ tenantId: TENANT, ...request }), undefined);
  },
});

async function onlyDelivery(storage: Storage): Promise<string> {
  const [delivery] = await storage.deliveries.list({ tenantId: TENANT, limit: 1, now: after(0) });
  return delivery?.id ?? assert.fail("there is a delivery");
}
