import assert from "node:assert/strict";
import type { Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { after, insertEndpoint, newId, publish, TENANT } from "./setup/fixtures.js";
import {
  claimAll,
  claimOne,
  getDelivery,
  LEASE_MS,
  only,
  settle,
  settlementOf,
} from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const AFTER_LEASE = LEASE_MS / 1000;
const FAR_LATER = 365 * 86_400;

export const settleCases = about("settlements", {
  async "a runner whose lease went to another settles nothing and logs no attempt"(storage) {
    await prepareDelivery(storage);
    const stale = await claimOne(storage, { now: after(0) });
    const current = await claimOne(storage, { now: after(AFTER_LEASE) });
    const before = await getDelivery(storage, stale.deliveryId, after(AFTER_LEASE + 1));
    for (const outcome of [
      { kind: "succeeded" },
      { kind: "retry", delayMs: 1000 },
      { kind: "exhausted", failureReason: "timeout" },
      { kind: "released", delayMs: 1000 },
    ] as const) {
      assert.equal(await settle(storage, stale, outcome, after(AFTER_LEASE + 1)), false, outcome.kind);
      assert.deepEqual(await getDelivery(storage, stale.deliveryId, after(AFTER_LEASE + 1)), before);
    }
    assert.equal(await countAttempts(storage, stale.deliveryId), 0);
    assert.equal(await settle(storage, current, { kind: "succeeded" }, after(AFTER_LEASE + 2)), true);
    assert.equal(await countAttempts(storage, stale.deliveryId), 1);
  },

  async "a token that was never given, or is another delivery's, settles nothing"(storage) {
    await insertEndpoint(storage);
    await publish(storage, { at: after(0) });
    await publish(storage, { at: after(1) });
    const [first, second] = await claimAll(storage, { now: after(2) });
    assert.ok(first && second);
    const invented = { ...first, leaseToken: globalThis.crypto.randomUUID() };
    const swapped = { ...first, leaseToken: second.leaseToken };
    const unknown = { ...first, deliveryId: newId("dlv") };
    for (const claimed of [invented, swapped, unknown]) {
      assert.equal(await settle(storage, claimed, { kind: "succeeded" }, after(3)), false);
    }
    for (const { deliveryId } of [first, second]) {
      assert.equal((await getDelivery(storage, deliveryId, after(3))).state, "delivering");
      assert.equal(await countAttempts(storage, deliveryId), 0);
    }
  },

  async "a lost settlement in a batch doesn't take the others with it, and answers come in order"(storage) {
    await insertEndpoint(storage);
    for (let second = 0; second < 3; second++) await publish(storage, { at: after(second) });
    const claimed = await claimAll(storage, { now: after(3) });
    const settlements = claimed.map((one) => settlementOf(one, { kind: "succeeded" }, after(4)));
    const [first, second, third] = settlements;
    assert.ok(first && second && third);
    const lost = { ...second, leaseToken: globalThis.crypto.randomUUID() };
    const answers = await storage.queue.settle({ settlements: [third, lost, first], now: after(4) });
    assert.deepEqual(answers, ["applied", "lost", "applied"]);
    const states = [];
    for (const { deliveryId } of settlements) {
      states.push((await getDelivery(storage, deliveryId, after(4))).state);
    }
    assert.deepEqual(states, ["succeeded", "delivering", "succeeded"]);
  },

  async "settling nothing answers nothing"(storage) {
    assert.deepEqual(await storage.queue.settle({ settlements: [], now: after(0) }), []);
  },

  async "repeating a settlement changes nothing and logs its attempt once"(storage) {
    for (const outcome of [{ kind: "retry", delayMs: 5000 }, { kind: "succeeded" }] as const) {
      const deliveryId = await prepareDelivery(storage);
      const claimed = await claimOne(storage, { now: after(0) });
      const request = { settlements: [settlementOf(claimed, outcome, after(1))], now: after(1) };
      assert.deepEqual(await storage.queue.settle(request), ["applied"]);
      const settled = await getDelivery(storage, deliveryId, after(2));
      await storage.queue.settle({ ...request, now: after(2) });
      assert.deepEqual(await getDelivery(storage, deliveryId, after(2)), settled);
      assert.equal(await countAttempts(storage, deliveryId), 1);
    }
  },

  async "eight callers settle one lease at once: one is applied, with its attempt"(storage) {
    const deliveryId = await prepareDelivery(storage);
    const claimed = await claimOne(storage, { now: after(0) });
    const answers = await race(8, () => settle(storage, claimed, { kind: "retry", delayMs: 1000 }, after(1)));
    assert.equal(answers.filter((isApplied) => isApplied).length, 1);
    assert.equal((await getDelivery(storage, deliveryId, after(1))).attemptCount, 1);
    assert.equal(await countAttempts(storage, deliveryId), 1);
  },

  async "a retry comes back after its delay, not before, as the next attempt"(storage) {
    await prepareDelivery(storage);
    const first = await claimOne(storage, { now: after(0) });
    await settle(storage, first, { kind: "retry", delayMs: 300_000 }, after(1));
    assert.deepEqual(await claimAll(storage, { now: after(300.999) }), []);
    const second = await claimOne(storage, { now: after(301) });
    assert.deepEqual([second.deliveryId, second.attemptNumber], [first.deliveryId, 2]);
    assert.notEqual(second.leaseToken, first.leaseToken);
  },

  async "a retry without delay comes back at once"(storage) {
    await prepareDelivery(storage);
    const first = await claimOne(storage, { now: after(0) });
    await settle(storage, first, { kind: "retry", delayMs: 0 }, after(1));
    assert.equal((await claimOne(storage, { now: after(1) })).attemptNumber, 2);
  },

  async "a released delivery comes back after its delay without an attempt having been used"(storage) {
    const deliveryId = await prepareDelivery(storage);
    const first = await claimOne(storage, { now: after(0) });
    assert.equal(await settle(storage, first, { kind: "released", delayMs: 2000 }, after(1)), true);
    const delivery = await getDelivery(storage, deliveryId, after(1));
    assert.deepEqual(
      [delivery.state, delivery.attemptCount, delivery.nextAttemptAt],
      ["pending", 0, after(3)],
    );
    assert.deepEqual(await claimAll(storage, { now: after(2.999) }), []);
    assert.equal((await claimOne(storage, { now: after(3) })).attemptNumber, 1);
    assert.equal(await countAttempts(storage, deliveryId), 0);
  },

  async "a final delivery never comes back, and nothing is left waiting"(storage) {
    await insertEndpoint(storage);
    await publish(storage, { at: after(0) });
    await publish(storage, { at: after(1) });
    const [first, second] = await claimAll(storage, { now: after(2) });
    assert.ok(first && second);
    await settle(storage, first, { kind: "succeeded" }, after(3));
    await settle(storage, second, { kind: "exhausted", failureReason: "gone" }, after(3));
    const promoted = await storage.queue.promote({ limit: 10, now: after(FAR_LATER) });
    assert.deepEqual(promoted, { promotedCount: 0, nextDueAt: undefined });
    assert.deepEqual(await claimAll(storage, { now: after(FAR_LATER) }), []);
    assert.equal((await getDelivery(storage, first.deliveryId, after(FAR_LATER))).state, "succeeded");
    assert.equal((await getDelivery(storage, second.deliveryId, after(FAR_LATER))).state, "exhausted");
  },

  async "an attempt under way when its endpoint is switched off is settled as it came out"(storage) {
    const deliveryId = await prepareDelivery(storage);
    const claimed = await claimOne(storage, { now: after(0) });
    await storage.endpoints.disable({
      tenantId: TENANT,
      endpointId: claimed.endpointId,
      reason: "manual",
      now: after(1),
    });
    assert.equal(await settle(storage, claimed, { kind: "succeeded" }, after(2)), true);
    assert.equal((await getDelivery(storage, deliveryId, after(2))).state, "succeeded");
  },

  async "attempts of many deliveries settled in one call go each to its own"(storage) {
    await insertEndpoint(storage);
    for (let second = 0; second < 30; second++) await publish(storage, { at: after(second) });
    const claimed = await claimAll(storage, { now: after(60) });
    const settlements = claimed.map((one) => settlementOf(one, { kind: "retry", delayMs: 1000 }, after(61)));
    const answers = await storage.queue.settle({ settlements, now: after(61) });
    assert.deepEqual(answers, Array(30).fill("applied"));
    for (const { deliveryId, attempt } of settlements) {
      const attempts = await storage.deliveries.listAttempts({ tenantId: TENANT, deliveryId, limit: 9 });
      assert.deepEqual(attempts, [attempt]);
    }
  },
});

/** One pending delivery, due at the cases' beginning, to an endpoint of its own. */
async function prepareDelivery(storage: Storage): Promise<string> {
  const { id: endpointId } = await insertEndpoint(storage);
  const { id: messageId } = await publish(storage, { endpointId });
  const deliveries = await storage.deliveries.list({ tenantId: TENANT, messageId, limit: 9, now: after(0) });
  return only(deliveries, "deliveries").id;
}

async function countAttempts(storage: Storage, deliveryId: string): Promise<number> {
  return (await storage.deliveries.listAttempts({ tenantId: TENANT, deliveryId, limit: 99 })).length;
}
