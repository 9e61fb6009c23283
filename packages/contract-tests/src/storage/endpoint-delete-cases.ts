import assert from "node:assert/strict";
import type { Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { after, insertEndpoint, newId, publish, TENANT } from "./setup/fixtures.js";
import { endpointsOf } from "./setup/publishing.js";
import { claim, claimAll, getDelivery, LEASE_MS, settle } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

export const endpointDeleteCases = about("deleting endpoints", {
  async "a deleted endpoint is found, listed, changed and matched no more"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    const request = { tenantId: TENANT, endpointId };
    assert.equal(await storage.endpoints.delete({ ...request, now: after(1) }), true);
    assert.equal(await storage.endpoints.find(request), undefined);
    assert.deepEqual(await storage.endpoints.list({ tenantId: TENANT, limit: 9 }), []);
    assert.deepEqual(await storage.endpoints.listSecrets(request), []);
    assert.equal(await storage.endpoints.update({ ...request, changes: { name: "x" } }), undefined);
    assert.equal(await storage.endpoints.disable({ ...request, reason: "manual" }), undefined);
    assert.equal(await storage.endpoints.enable(request), undefined);
    const secret = { id: newId("sec"), sealed: "x" };
    assert.equal(await storage.endpoints.rotateSecret({ ...request, secret, overlapSeconds: 0 }), undefined);
    const addressed = await publish(storage, { endpointId, at: after(2) });
    const open = await publish(storage, { at: after(2) });
    assert.deepEqual(await endpointsOf(storage, addressed.id), []);
    assert.deepEqual(await endpointsOf(storage, open.id), []);
  },

  async "eight callers delete one endpoint at once: one is told it did"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    const answers = await race(8, () => storage.endpoints.delete({ tenantId: TENANT, endpointId }));
    assert.equal(answers.filter((isDeleted) => isDeleted).length, 1);
  },

  async "what was pending shows as cancelled at once, is never claimed, and stays cancelled"(storage) {
    const { ready, waiting, done } = await prepare(storage);
    const ids = [ready, waiting];
    for (const id of ids) {
      const delivery = await getDelivery(storage, id, after(10));
      assert.deepEqual(
        [delivery.state, delivery.nextAttemptAt, delivery.finishedAt],
        ["cancelled", undefined, after(10)],
      );
    }
    for (const seconds of [11, 1_000, 100_000]) {
      assert.deepEqual(await claimAll(storage, { now: after(seconds) }), []);
    }
    const states = await Promise.all([...ids, done].map((id) => getDelivery(storage, id, after(100_001))));
    assert.deepEqual(
      states.map(({ state, attemptCount }) => [state, attemptCount]),
      [
        ["cancelled", 0],
        ["cancelled", 1],
        ["succeeded", 1],
      ],
    );
    const left = await storage.queue.promote({ limit: 9, now: after(200_000) });
    assert.deepEqual(left, { promotedCount: 0, nextDueAt: undefined });
  },

  async "an attempt under way at the deletion counts; failed, it is the last"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    for (let second = 0; second < 3; second++) await publish(storage, { at: after(second) });
    const [good, bad, released] = (await claim(storage, { now: after(3) })).deliveries;
    assert.ok(good && bad && released);
    await storage.endpoints.delete({ tenantId: TENANT, endpointId, now: after(4) });
    assert.equal((await getDelivery(storage, good.deliveryId, after(4))).state, "delivering");
    assert.equal(await settle(storage, good, { kind: "succeeded" }, after(5)), true);
    assert.equal(await settle(storage, bad, { kind: "retry", delayMs: 1_000 }, after(5)), true);
    assert.equal(await settle(storage, released, { kind: "released", delayMs: 0 }, after(5)), true);
    const shown = [];
    for (const { deliveryId } of [good, bad, released]) {
      const { state, attemptCount, finishedAt } = await getDelivery(storage, deliveryId, after(9));
      shown.push([state, attemptCount, finishedAt]);
    }
    assert.deepEqual(shown, [
      ["succeeded", 1, after(5)],
      ["cancelled", 1, after(5)],
      ["cancelled", 0, after(5)],
    ]);
    assert.deepEqual(await claimAll(storage, { now: after(100) }), []);
  },

  async "a lease that runs out at a deleted endpoint ends as cancelled"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    await publish(storage);
    const [claimed] = (await claim(storage, { now: after(0) })).deliveries;
    assert.ok(claimed);
    await storage.endpoints.delete({ tenantId: TENANT, endpointId, now: after(1) });
    const end = after(LEASE_MS / 1000 + 1);
    await storage.queue.promote({ limit: 9, now: end });
    assert.equal((await getDelivery(storage, claimed.deliveryId, end)).state, "cancelled");
    assert.equal(await settle(storage, claimed, { kind: "succeeded" }, end), false);
  },

  async "others are served beside what a deleted endpoint left"(storage) {
    const gone = await insertEndpoint(storage, { at: after(0) });
    const stays = await insertEndpoint(storage, { at: after(1) });
    for (let second = 0; second < 5; second++) await publish(storage, { at: after(second) });
    await storage.endpoints.delete({ tenantId: TENANT, endpointId: gone.id, now: after(6) });
    const claimed = await claimAll(storage, { slots: 2, now: after(7) });
    assert.deepEqual(
      claimed.map(({ endpointId }) => endpointId),
      Array(5).fill(stays.id),
    );
  },
});

/** One delivery that is ready, one that waits for its second attempt and one that is final; then the endpoint goes. */
async function prepare(storage: Storage) {
  const { id: endpointId } = await insertEndpoint(storage);
  for (let second = 0; second < 2; second++) await publish(storage, { at: after(second) });
  const [done, waiting] = await claimAll(storage, { now: after(2) });
  assert.ok(done && waiting);
  await settle(storage, done, { kind: "succeeded" }, after(3));
  await settle(storage, waiting, { kind: "retry", delayMs: 500_000 }, after(3));
  await publish(storage, { at: after(4) });
  const [newest] = await storage.deliveries.list({ tenantId: TENANT, limit: 1, now: after(4) });
  assert.ok(newest);
  await storage.endpoints.delete({ tenantId: TENANT, endpointId, now: after(10) });
  return { ready: newest.id, waiting: waiting.deliveryId, done: done.deliveryId };
}
