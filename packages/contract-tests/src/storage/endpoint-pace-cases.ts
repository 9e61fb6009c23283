import assert from "node:assert/strict";
import type { ClaimedDelivery, Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { after, insertEndpoint, publish, TENANT } from "./setup/fixtures.js";
import { claim, claimAll, claimOne, getDelivery, LEASE_MS, settle } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

export const endpointPaceCases = about("an endpoint's own pace", {
  async "a lease outlives the endpoint's own time limit by the margin, and is never shorter than asked"(
    storage,
  ) {
    const slow = await insertEndpoint(storage, { timeoutMs: 60_000 });
    const quick = await insertEndpoint(storage, { timeoutMs: 100 });
    for (const { id: endpointId } of [slow, quick]) await publish(storage, { endpointId });
    const claimed = await claimAll(storage, { leaseMs: 30_000, leaseMarginMs: 5_000, now: after(0) });
    const idOf = (endpointId: string) =>
      claimed.find((one) => one.endpointId === endpointId)?.deliveryId ?? assert.fail("both are claimed");
    const stateAt = async (endpointId: string, seconds: number) =>
      (await getDelivery(storage, idOf(endpointId), after(seconds))).state;
    assert.equal(await stateAt(slow.id, 64.999), "delivering");
    assert.equal(await stateAt(slow.id, 65), "pending");
    assert.equal(await stateAt(quick.id, 29.999), "delivering");
    assert.equal(await stateAt(quick.id, 30), "pending");
  },

  async "eight runners claim at once: an endpoint's own concurrency holds over all of them"(storage) {
    await insertEndpoint(storage, { concurrency: 2 });
    for (let second = 0; second < 9; second++) await publish(storage, { at: after(second) });
    const shares = await race(8, () => claim(storage, { now: after(10) }));
    const first = shares.flatMap(({ deliveries }) => deliveries);
    const [one, ...rest] = [...first, ...(await claimAll(storage, { now: after(11) }))];
    assert.ok(one);
    assert.equal(rest.length, 1);
    await settle(storage, one, { kind: "succeeded" }, after(12));
    assert.equal((await claimAll(storage, { now: after(12) })).length, 1);
  },

  async "a concurrency above slotsPerEndpoint gives no more than those"(storage) {
    await insertEndpoint(storage, { concurrency: 50 });
    for (let second = 0; second < 5; second++) await publish(storage, { at: after(second) });
    assert.equal((await claimAll(storage, { slotsPerEndpoint: 3, now: after(10) })).length, 3);
  },

  async "a fifo endpoint's head keeps the others waiting until it is final"(storage) {
    const ids = await prepareFifo(storage, 3);
    const head = await claimOne(storage, { now: after(10) });
    assert.equal(head.messageId, ids[0]);
    assert.deepEqual(await claimAll(storage, { now: after(11) }), []);
    await settle(storage, head, { kind: "retry", delayMs: 60_000 }, after(12));
    const waiting = await getDelivery(storage, head.deliveryId, after(12));
    assert.deepEqual([waiting.state, waiting.nextAttemptAt], ["retrying", after(72)]);
    assert.deepEqual(await claimAll(storage, { now: after(71.999) }), []);
    const again = await claimOne(storage, { now: after(72) });
    assert.deepEqual([again.messageId, again.attemptNumber], [ids[0], 2]);
    await settle(storage, again, { kind: "exhausted", failureReason: "timeout" }, after(73));
    const next = await claimOne(storage, { now: after(73) });
    assert.equal(next.messageId, ids[1]);
    await settle(storage, next, { kind: "released", delayMs: 5_000 }, after(74));
    assert.deepEqual(await claimAll(storage, { now: after(78) }), []);
    assert.equal((await claimOne(storage, { now: after(79) })).messageId, ids[1]);
  },

  async "eight runners claim from a fifo endpoint at once: one gets its head"(storage) {
    const ids = await prepareFifo(storage, 20);
    for (let turn = 0; turn < 3; turn++) {
      const shares = await race(8, () => claim(storage, { now: after(30 + turn) }));
      const claimed: ClaimedDelivery[] = shares.flatMap(({ deliveries }) => deliveries);
      if (claimed.length === 0) claimed.push(...(await claimAll(storage, { now: after(30 + turn) })));
      assert.deepEqual(
        claimed.map(({ messageId }) => messageId),
        [ids[turn]],
      );
      for (const one of claimed) await settle(storage, one, { kind: "succeeded" }, after(30 + turn));
    }
  },

  async "a fifo head whose lease ran out is overtaken by nobody"(storage) {
    const ids = await prepareFifo(storage, 2);
    await claimOne(storage, { now: after(10) });
    const end = after(10 + LEASE_MS / 1000 + 1);
    assert.deepEqual((await claim(storage, { now: end })).deliveries, []);
    assert.equal((await claimOne(storage, { now: end })).messageId, ids[0]);
  },

  async "a pause that one runner was asked for holds for all, for that endpoint alone, and the longest counts"(
    storage,
  ) {
    const [paused, other] = [await insertEndpoint(storage), await insertEndpoint(storage)];
    for (let second = 0; second < 3; second++) {
      await publish(storage, { endpointId: paused.id, at: after(second) });
    }
    const [first, second] = await claimAll(storage, { slotsPerEndpoint: 2, now: after(3) });
    assert.ok(first && second);
    await settle(storage, first, { kind: "retry", delayMs: 60_000, pauseMs: 60_000 }, after(4));
    await settle(storage, second, { kind: "retry", delayMs: 1_000, pauseMs: 10_000 }, after(4));
    await publish(storage, { endpointId: other.id, at: after(5) });
    const meanwhile = await claimAll(storage, { now: after(63.999) });
    assert.deepEqual(
      meanwhile.map(({ endpointId }) => endpointId),
      [other.id],
    );
    assert.equal((await claimAll(storage, { now: after(64) })).length, 3);
  },

  async "a pause that the last attempt was asked for holds like any other, also for a fifo endpoint"(
    storage,
  ) {
    for (const fifo of [false, true]) {
      const { id: endpointId } = await insertEndpoint(storage, { fifo });
      for (let second = 0; second < 2; second++) await publish(storage, { endpointId, at: after(second) });
      const [last] = await claimAll(storage, { slotsPerEndpoint: 1, now: after(2) });
      assert.ok(last);
      const outcome = { kind: "exhausted", failureReason: "server_error", pauseMs: 60_000 } as const;
      assert.equal(await settle(storage, last, outcome, after(3)), true);
      assert.equal((await getDelivery(storage, last.deliveryId, after(3))).state, "exhausted");
      assert.deepEqual(await claimAll(storage, { now: after(62.999) }), []);
      const next = await claimOne(storage, { now: after(63) });
      await settle(storage, next, { kind: "succeeded" }, after(63));
    }
  },

  async "a scheduled message keeps nobody waiting at a fifo endpoint"(storage) {
    const { id: endpointId } = await insertEndpoint(storage, { fifo: true });
    await publish(storage, { endpointId, deliverAt: after(600), at: after(0) });
    const prompt = await publish(storage, { endpointId, at: after(1) });
    assert.equal((await claimOne(storage, { now: after(2) })).messageId, prompt.id);
  },

  async "an endpoint that is fifo no more waits for nobody"(storage) {
    const ids = await prepareFifo(storage, 3);
    const head = await claimOne(storage, { now: after(10) });
    await settle(storage, head, { kind: "retry", delayMs: 600_000 }, after(11));
    const { endpointId } = head;
    await storage.endpoints.update({
      tenantId: TENANT,
      endpointId,
      changes: { fifo: false },
      now: after(12),
    });
    const claimed = await claimAll(storage, { now: after(13) });
    assert.deepEqual(claimed.map(({ messageId }) => messageId).slice(-2), ids.slice(1));
  },
});

async function prepareFifo(storage: Storage, messages: number): Promise<readonly string[]> {
  const { id: endpointId } = await insertEndpoint(storage, { fifo: true });
  const ids: string[] = [];
  for (let second = 0; second < messages; second++) {
    ids.push((await publish(storage, { endpointId, at: after(second) })).id);
  }
  return ids;
}
