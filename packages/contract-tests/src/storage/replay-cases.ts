import assert from "node:assert/strict";
import type { Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { after, insertEndpoint, newId, publish, TENANT } from "./setup/fixtures.js";
import { claimAll, claimOne, getDelivery, LEASE_MS, only, settle } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const EXHAUSTED = { kind: "exhausted", failureReason: "server_error" } as const;

export const replayCases = about("a second chance", {
  async "an exhausted delivery that is retried is pending again, its attempts kept, its schedule begun anew"(
    storage,
  ) {
    await insertEndpoint(storage);
    await publish(storage);
    const first = await claimOne(storage, { now: after(0) });
    await settle(storage, first, { kind: "retry", delayMs: 1_000 }, after(1));
    const { deliveryId } = first;
    await settle(storage, await claimOne(storage, { now: after(2) }), EXHAUSTED, after(3));
    assert.equal(await retry(storage, deliveryId, after(10)), true);
    const revived = await getDelivery(storage, deliveryId, after(10));
    const { state, attemptCount, nextAttemptAt, finishedAt, failureReason } = revived;
    assert.deepEqual(
      { state, attemptCount, nextAttemptAt, finishedAt, failureReason },
      {
        state: "retrying",
        attemptCount: 2,
        nextAttemptAt: after(10),
        finishedAt: undefined,
        failureReason: undefined,
      },
    );
    const third = await claimOne(storage, { now: after(10) });
    assert.deepEqual([third.attemptNumber, third.attemptsBefore], [3, 2]);
    await settle(storage, third, { kind: "retry", delayMs: 5_000 }, after(11));
    const fourth = await claimOne(storage, { now: after(16) });
    assert.deepEqual([fourth.attemptNumber, fourth.attemptsBefore], [4, 2]);
    await settle(storage, fourth, { kind: "succeeded" }, after(17));
    const done = await getDelivery(storage, deliveryId, after(17));
    assert.deepEqual([done.state, done.attemptCount, done.finishedAt], ["succeeded", 4, after(17)]);
    const attempts = await storage.deliveries.listAttempts({ tenantId: TENANT, deliveryId, limit: 9 });
    assert.deepEqual(
      attempts.map(({ attemptNumber }) => attemptNumber),
      [1, 2, 3, 4],
    );
  },

  async "a delivery that waits is due now when it is retried, its schedule going on"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    const first = await claimOne(storage, { now: after(0) });
    await settle(storage, first, { kind: "retry", delayMs: 600_000 }, after(1));
    assert.equal(await retry(storage, first.deliveryId, after(2)), true);
    const second = await claimOne(storage, { now: after(2) });
    assert.deepEqual([second.attemptNumber, second.attemptsBefore], [2, 0]);
  },

  async "retrying the waiting head of a fifo endpoint lets it go at once"(storage) {
    await insertEndpoint(storage, { fifo: true });
    await publish(storage);
    const head = await claimOne(storage, { now: after(0) });
    await settle(storage, head, { kind: "retry", delayMs: 600_000 }, after(1));
    await publish(storage, { at: after(2) });
    assert.equal(await retry(storage, head.deliveryId, after(3)), true);
    assert.equal((await claimOne(storage, { now: after(3) })).deliveryId, head.deliveryId);
  },

  async "neither what succeeded, is under way, belongs to a deleted endpoint nor isn't there is retried"(
    storage,
  ) {
    const { id: endpointId } = await insertEndpoint(storage);
    await publish(storage);
    const done = await claimOne(storage, { now: after(0) });
    await settle(storage, done, { kind: "succeeded" }, after(1));
    await publish(storage, { at: after(2) });
    const leased = await claimOne(storage, { now: after(3) });
    for (const deliveryId of [done.deliveryId, leased.deliveryId, newId("dlv"), "dlv_nope"]) {
      assert.equal(await retry(storage, deliveryId, after(4)), false);
    }
    assert.equal(await settle(storage, leased, EXHAUSTED, after(5)), true);
    await storage.endpoints.delete({ tenantId: TENANT, endpointId, now: after(6) });
    assert.equal(await retry(storage, leased.deliveryId, after(7)), false);
    assert.equal((await getDelivery(storage, leased.deliveryId, after(7))).state, "exhausted");
  },

  async "a retry takes a delivery from a runner whose lease ran out, and that runner settles nothing"(
    storage,
  ) {
    await insertEndpoint(storage);
    await publish(storage);
    const stale = await claimOne(storage, { now: after(0) });
    const end = after(LEASE_MS / 1000);
    assert.equal(await retry(storage, stale.deliveryId, end), true);
    assert.equal(await settle(storage, stale, EXHAUSTED, end), false);
    assert.equal((await claimOne(storage, { now: end })).attemptNumber, 1);
  },

  async "eight callers retry one dead letter beside a discard: it is in the queue once, or cancelled"(
    storage,
  ) {
    const deliveryId = await makeDeadLetter(storage);
    await race(8, () => retry(storage, deliveryId, after(10)));
    const claimed = await claimOne(storage, { now: after(10) });
    assert.deepEqual([claimed.deliveryId, claimed.attemptNumber, claimed.attemptsBefore], [deliveryId, 2, 1]);
    await settle(storage, claimed, EXHAUSTED, after(11));
    await race(4, (index) =>
      index % 2 === 0 ? retry(storage, deliveryId, after(20)) : discard(storage, deliveryId, after(20)),
    );
    const { state } = await getDelivery(storage, deliveryId, after(20));
    assert.equal((await claimAll(storage, { now: after(20) })).length, state === "cancelled" ? 0 : 1);
  },

  async "a settlement and a retry that meet leave the delivery settled or due, never lost"(storage) {
    await insertEndpoint(storage);
    for (let second = 0; second < 10; second++) {
      await publish(storage, { at: after(second) });
      const claimed = await claimOne(storage, { now: after(second) });
      const at = after(second + LEASE_MS / 1000);
      const [settled] = await race(2, (index) =>
        index === 0 ? settle(storage, claimed, EXHAUSTED, at) : retry(storage, claimed.deliveryId, at),
      );
      const { state, attemptCount } = await getDelivery(storage, claimed.deliveryId, at);
      const again = await claimAll(storage, { now: at });
      assert.equal(again.length, state === "exhausted" ? 0 : 1);
      assert.equal(attemptCount, settled ? 1 : 0);
      for (const one of again) await settle(storage, one, { kind: "succeeded" }, at);
    }
  },

  async "dead letters are listed and counted, those of one endpoint alone if asked"(storage) {
    const [first, second] = [await insertEndpoint(storage), await insertEndpoint(storage)];
    for (let minute = 0; minute < 3; minute++) await publish(storage, { at: after(minute * 60) });
    const claimed = await claimAll(storage, { now: after(180) });
    for (const [index, one] of claimed.entries()) {
      await settle(storage, one, index < 4 ? EXHAUSTED : { kind: "succeeded" }, after(181));
    }
    const dead = claimed.slice(0, 4);
    const request = { tenantId: TENANT, state: "exhausted" } as const;
    for (const endpointId of [undefined, first.id, second.id]) {
      const expected = dead.filter((one) => endpointId === undefined || one.endpointId === endpointId);
      const filter = endpointId === undefined ? request : { ...request, endpointId };
      const listed = await storage.deliveries.list({ ...filter, limit: 9, now: after(182) });
      assert.deepEqual(
        listed.map(({ id }) => id).sort(),
        expected.map(({ deliveryId }) => deliveryId).sort(),
      );
      assert.equal(await storage.deliveries.count({ ...filter, limit: 9 }), expected.length);
      const [newest] = listed;
      assert.ok(newest);
      const rest = await storage.deliveries.list({
        ...filter,
        cursor: newest.id,
        limit: 9,
        now: after(182),
      });
      assert.deepEqual(rest, listed.slice(1));
    }
    assert.equal(await storage.deliveries.count({ ...request, limit: 3 }), 3);
    await retry(storage, dead[0]?.deliveryId ?? "", after(183));
    await discard(storage, dead[1]?.deliveryId ?? "", after(183));
    assert.equal(await storage.deliveries.count({ ...request, limit: 9 }), 2);
  },

  async "a dead letter or a waiting delivery that is discarded is cancelled, and can be retried"(storage) {
    const deliveryId = await makeDeadLetter(storage);
    assert.equal(await discard(storage, deliveryId, after(10)), true);
    const cancelled = await getDelivery(storage, deliveryId, after(10));
    const { state, attemptCount, finishedAt, failureReason } = cancelled;
    assert.deepEqual(
      [state, attemptCount, finishedAt, failureReason],
      ["cancelled", 1, after(10), undefined],
    );
    assert.equal(await discard(storage, deliveryId, after(11)), false);
    assert.equal(await retry(storage, deliveryId, after(12)), true);
    assert.equal(await discard(storage, deliveryId, after(13)), true);
    assert.deepEqual(await claimAll(storage, { now: after(14) }), []);
    assert.equal((await getDelivery(storage, deliveryId, after(14))).attemptCount, 1);
  },

  async "what succeeded or is under way isn't discarded"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    const claimed = await claimOne(storage, { now: after(0) });
    assert.equal(await discard(storage, claimed.deliveryId, after(1)), false);
    assert.equal(await settle(storage, claimed, { kind: "succeeded" }, after(2)), true);
    assert.equal(await discard(storage, claimed.deliveryId, after(3)), false);
    assert.equal((await getDelivery(storage, claimed.deliveryId, after(3))).state, "succeeded");
  },

  async "recovering revives what was exhausted since then at that endpoint, in bounded steps"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    const other = await insertEndpoint(storage);
    const dead: string[] = [];
    for (let hour = 0; hour < 7; hour++) {
      await publish(storage, { at: after(hour * 3600) });
      const claimed = await claimAll(storage, { now: after(hour * 3600) });
      for (const one of claimed) {
        const outcome = hour === 5 ? ({ kind: "succeeded" } as const) : EXHAUSTED;
        await settle(storage, one, outcome, after(hour * 3600 + 60));
        if (one.endpointId === endpointId && hour >= 2 && hour !== 5) dead.push(one.deliveryId);
      }
    }
    const now = after(8 * 3600);
    const since = after(2 * 3600 + 60);
    const counts = await walk((page) =>
      storage.replays.recover({ tenantId: TENANT, endpointId, since, limit: 2, now, ...page }),
    );
    assert.ok(counts.every((count) => count <= 2));
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      4,
    );
    const claimed = await claimAll(storage, { now });
    assert.deepEqual(claimed.map(({ deliveryId }) => deliveryId).sort(), dead.sort());
    const again = { tenantId: TENANT, endpointId, since, limit: 100, now };
    assert.deepEqual(await storage.replays.recover(again), { count: 0, cursor: undefined });
    assert.equal(
      await storage.deliveries.count({
        tenantId: TENANT,
        state: "exhausted",
        endpointId: other.id,
        limit: 9,
      }),
      6,
    );
  },

  async "eight callers recover the same dead letters: each is revived once"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    for (let second = 0; second < 21; second++) await publish(storage, { at: after(second) });
    const [last, ...others] = await claimAll(storage, { now: after(30) });
    assert.ok(last);
    for (const one of others) await settle(storage, one, EXHAUSTED, after(31));
    // The endpoint is back, and gets more than one at a time.
    await settle(storage, last, { kind: "succeeded" }, after(31));
    const request = { tenantId: TENANT, endpointId, since: after(0), limit: 100, now: after(40) };
    const pages = await race(8, () => storage.replays.recover(request));
    assert.equal(
      pages.reduce((sum, { count }) => sum + count, 0),
      20,
    );
    assert.equal((await claimAll(storage, { now: after(40) })).length, 20);
  },
});

function retry(storage: Storage, deliveryId: string, now: Date): Promise<boolean> {
  return storage.replays.retry({ tenantId: TENANT, deliveryId, now });
}

function discard(storage: Storage, deliveryId: string, now: Date): Promise<boolean> {
  return storage.replays.discard({ tenantId: TENANT, deliveryId, now });
}

/** One delivery that is exhausted after one attempt. */
async function makeDeadLetter(storage: Storage): Promise<string> {
  await insertEndpoint(storage);
  await publish(storage);
  const claimed = only(await claimAll(storage, { now: after(0) }), "claimed deliveries");
  await settle(storage, claimed, EXHAUSTED, after(1));
  return claimed.deliveryId;
}

/** Calls page after page until there is no cursor, and returns the counts. */
async function walk(
  call: (page: { readonly cursor?: string }) => Promise<{ count: number; cursor: string | undefined }>,
): Promise<number[]> {
  const counts: number[] = [];
  let cursor: string | undefined;
  do {
    assert.ok(counts.length < 100, "the pages come to an end");
    const page = await call(cursor === undefined ? {} : { cursor });
    counts.push(page.count);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return counts;
}
