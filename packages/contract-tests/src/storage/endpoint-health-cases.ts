import assert from "node:assert/strict";
import type { EndpointRecord, SettlementOutcome, Storage } from "@tenon/core/ports";
import { SLOW_AFTER_FAILURES } from "@tenon/core/webhooks";
import { race } from "../arrival-gate.js";
import { after, insertEndpoint, publish, TENANT } from "./setup/fixtures.js";
import { claimAll, claimOne, newAttempt, settle, settlementOf } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const DAY_SECONDS = 86_400;
const again: SettlementOutcome = { kind: "retry", delayMs: 0 };
const limits = { warnAfterMs: 2 * DAY_SECONDS * 1000, disableAfterMs: 5 * DAY_SECONDS * 1000 };

export const endpointHealthCases = about("endpoint health", {
  async "an endpoint is failing from its first failure until it succeeds, and what it claims says so"(
    storage,
  ) {
    const { id } = await insertEndpoint(storage);
    await publish(storage, { endpointId: id });
    for (const second of [10, 80]) {
      await settle(storage, await claimOne(storage, { now: after(second) }), again, after(second));
    }
    assert.deepEqual(await readHealth(storage, id), [after(10), after(80)]);
    const third = await claimOne(storage, { now: after(90) });
    assert.deepEqual(third.failing, { since: after(10), warned: false });
    await settle(storage, third, { kind: "succeeded" }, after(200));
    assert.deepEqual(await readHealth(storage, id), [undefined, after(200)]);
  },

  async "outcomes settled together count in their order"(storage) {
    const { id } = await insertEndpoint(storage);
    for (let second = 0; second < 3; second++) await publish(storage, { endpointId: id, at: after(second) });
    for (const [kinds, failingSince] of [
      [["failed", "failed", "failed"], after(10)],
      [["failed", "succeeded", "failed"], after(20)],
      [["failed", "failed", "succeeded"], undefined],
    ] as const) {
      const claimed = await claimAll(storage, { now: after(10) });
      const at = failingSince ?? after(30);
      const settlements = claimed.map((one, index) =>
        settlementOf(one, kinds[index] === "succeeded" ? { kind: "succeeded" } : again, at),
      );
      await storage.queue.settle({ settlements, now: at });
      assert.deepEqual((await readHealth(storage, id))[0], failingSince);
      for (const kind of kinds) if (kind === "succeeded") await publish(storage, { endpointId: id });
    }
  },

  async "a released delivery and a stale settlement tell nothing of the endpoint"(storage) {
    const { id } = await insertEndpoint(storage);
    await publish(storage, { endpointId: id });
    const stale = await claimOne(storage, { now: after(0) });
    await settle(storage, stale, { kind: "released", delayMs: 0 }, after(1));
    await settle(storage, stale, again, after(2));
    assert.deepEqual(await readHealth(storage, id), [undefined, undefined]);
  },

  async "after a time-out an endpoint has one lease until it succeeds; another failure doesn't end that"(
    storage,
  ) {
    const { id } = await insertEndpoint(storage);
    for (let second = 0; second < 6; second++) await publish(storage, { endpointId: id, at: after(second) });
    await makeSlow(storage, after(10));
    for (const second of [11, 12]) {
      const slow = await claimOne(storage, { now: after(second) });
      await settle(storage, slow, again, after(second));
    }
    const recovering = await claimOne(storage, { now: after(13) });
    await settle(storage, recovering, { kind: "succeeded" }, after(14));
    assert.equal((await claimAll(storage, { now: after(15) })).length, 5);
  },

  async "an endpoint that fails often enough in a row has one lease, whatever it fails with, until it succeeds"(
    storage,
  ) {
    const { id } = await insertEndpoint(storage);
    for (let second = 0; second < 6; second++) await publish(storage, { endpointId: id, at: after(second) });
    await failInARow(storage, SLOW_AFTER_FAILURES - 1, after(10));
    assert.equal((await getEndpoint(storage, id)).slowSince, undefined);
    await failInARow(storage, 1, after(11));
    assert.deepEqual((await getEndpoint(storage, id)).slowSince, after(11));
    await settle(storage, await claimOne(storage, { now: after(12) }), again, after(12));
    const recovering = await claimOne(storage, { now: after(13) });
    await settle(storage, recovering, { kind: "succeeded" }, after(14));
    assert.equal((await getEndpoint(storage, id)).slowSince, undefined);
    assert.equal((await claimAll(storage, { now: after(15) })).length, 5);
  },

  async "failures that a success stands between are not in a row, settled one by one or together"(storage) {
    const { id } = await insertEndpoint(storage);
    const few = SLOW_AFTER_FAILURES - 1;
    for (let second = 0; second < 2 * few + 2; second++)
      await publish(storage, { endpointId: id, at: after(second) });
    await failInARow(storage, few, after(100));
    const [success] = await claimAll(storage, { slotsPerEndpoint: 1, now: after(101) });
    assert.ok(success);
    await settle(storage, success, { kind: "succeeded" }, after(101));
    await failInARow(storage, few, after(102));
    assert.equal((await getEndpoint(storage, id)).slowSince, undefined);

    const claimed = await claimAll(storage, { now: after(103) });
    assert.equal(claimed.length, 2 * few + 1);
    const settlements = claimed.map((one, index) =>
      settlementOf(one, index === 0 || index === few ? { kind: "succeeded" } : again, after(104)),
    );
    await storage.queue.settle({ settlements, now: after(104) });
    const { failingSince, slowSince } = await getEndpoint(storage, id);
    assert.deepEqual([failingSince, slowSince], [after(104), undefined]);
  },

  async "failures in a row count when they are settled together"(storage) {
    const { id } = await insertEndpoint(storage);
    for (let second = 0; second < SLOW_AFTER_FAILURES; second++)
      await publish(storage, { endpointId: id, at: after(second) });
    const claimed = await claimAll(storage, { now: after(20) });
    assert.equal(claimed.length, SLOW_AFTER_FAILURES);
    const settlements = claimed.map((one) =>
      settlementOf(one, { kind: "exhausted", failureReason: "connect" }, after(21)),
    );
    await storage.queue.settle({ settlements, now: after(21) });
    assert.deepEqual((await getEndpoint(storage, id)).slowSince, after(21));
  },

  async "slow endpoints together have at most slotsForSlow leases, take turns, and leave the others theirs"(
    storage,
  ) {
    const slow: string[] = [];
    for (let count = 0; count < 4; count++) {
      const { id } = await insertEndpoint(storage, { at: after(count) });
      slow.push(id);
      for (let second = 0; second < 3; second++) await publish(storage, { endpointId: id });
    }
    await makeSlow(storage, after(10));
    const { id: healthy } = await insertEndpoint(storage, { at: after(11) });
    for (let second = 0; second < 5; second++) await publish(storage, { endpointId: healthy });

    const first = await claimAll(storage, { slotsForSlow: 2, now: after(12) });
    const ofFirst = first.map(({ endpointId }) => endpointId);
    assert.equal(ofFirst.filter((id) => id === healthy).length, 5);
    const served = ofFirst.filter((id) => slow.includes(id));
    assert.equal(new Set(served).size, 2);
    assert.equal(served.length, 2);
    for (const one of first) if (one.endpointId !== healthy) await settleTimedOut(storage, one, after(13));
    const second = await claimAll(storage, { slotsForSlow: 2, now: after(14) });
    assert.deepEqual([...served, ...second.map(({ endpointId }) => endpointId)].sort(), slow.toSorted());
  },

  async "an endpoint that fails on is warned of once, then disabled once, whoever asks"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    await publish(storage, { endpointId });
    await settle(storage, await claimOne(storage, { now: after(0) }), again, after(0));
    const ask = (days: number) => () =>
      storage.endpoints.disableFailing({
        tenantId: TENANT,
        endpointId,
        ...limits,
        now: after(days * DAY_SECONDS),
      });
    assert.equal(await ask(1.9)(), undefined);
    assert.deepEqual((await race(8, ask(2))).toSorted(), ["warned", ...Array(7).fill(undefined)]);
    assert.equal((await claimOne(storage, { now: after(9) })).failing?.warned, true);
    assert.equal(await ask(4.9)(), undefined);
    assert.deepEqual((await race(8, ask(5))).toSorted(), ["disabled", ...Array(7).fill(undefined)]);
    const endpoint = await getEndpoint(storage, endpointId);
    assert.deepEqual(
      [endpoint.disabledReason, endpoint.disabledAt, endpoint.revision],
      ["failing", after(5 * DAY_SECONDS), 2],
    );
  },

  async "an endpoint that succeeded, or was deleted, is not disabled for failing"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    await publish(storage, { endpointId });
    await settle(storage, await claimOne(storage, { now: after(0) }), again, after(0));
    const request = { tenantId: TENANT, endpointId, ...limits, now: after(6 * DAY_SECONDS) };
    await settle(storage, await claimOne(storage, { now: after(1) }), { kind: "succeeded" }, after(1));
    assert.equal(await storage.endpoints.disableFailing(request), undefined);
    await publish(storage, { endpointId });
    await settle(storage, await claimOne(storage, { now: after(2) }), again, after(2));
    await storage.endpoints.delete({ tenantId: TENANT, endpointId, now: after(3) });
    assert.equal(await storage.endpoints.disableFailing(request), undefined);
  },

  async "an endpoint shows since when it is slow and until when it is paused"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    for (let second = 0; second < 2; second++) await publish(storage, { endpointId, at: after(second) });
    await makeSlow(storage, after(10));
    const claimed = await claimOne(storage, { now: after(11) });
    await settle(storage, claimed, { kind: "retry", delayMs: 0, pauseMs: 600_000 }, after(11));
    const { slowSince, pausedUntil } = await getEndpoint(storage, endpointId);
    assert.deepEqual([slowSince, pausedUntil], [after(10), after(611)]);
    await settle(storage, await claimOne(storage, { now: after(700) }), { kind: "succeeded" }, after(700));
    assert.equal((await getEndpoint(storage, endpointId)).slowSince, undefined);
  },

  async "an endpoint that is enabled starts afresh: neither failing nor slow nor paused"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    for (let second = 0; second < 3; second++) await publish(storage, { endpointId, at: after(second) });
    await makeSlow(storage, after(10));
    const paused = await claimOne(storage, { now: after(11) });
    await settle(storage, paused, { kind: "retry", delayMs: 0, pauseMs: 600_000 }, after(11));
    const reference = { tenantId: TENANT, endpointId };
    await storage.endpoints.disable({ ...reference, reason: "manual", now: after(12) });
    const enabled = await storage.endpoints.enable({ ...reference, now: after(13) });
    assert.deepEqual(
      [enabled?.failingSince, enabled?.slowSince, enabled?.pausedUntil],
      [undefined, undefined, undefined],
    );
    assert.deepEqual([enabled?.disabledAt, enabled?.revision], [undefined, 3]);
    assert.equal((await claimAll(storage, { now: after(14) })).length, 3);
  },
});

async function getEndpoint(storage: Storage, endpointId: string): Promise<EndpointRecord> {
  return (await storage.endpoints.find({ tenantId: TENANT, endpointId })) ?? assert.fail("it is found");
}

async function readHealth(storage: Storage, endpointId: string) {
  const { failingSince, lastDeliveryAt } = await getEndpoint(storage, endpointId);
  return [failingSince, lastDeliveryAt];
}

/** Lets one delivery of each endpoint that has any run into its time limit. */
async function makeSlow(storage: Storage, at: Date): Promise<void> {
  for (const claimed of await claimAll(storage, { slotsPerEndpoint: 1, now: at })) {
    await settleTimedOut(storage, claimed, at);
  }
}

/** Lets one delivery after another fail. */
async function failInARow(storage: Storage, times: number, at: Date): Promise<void> {
  for (let count = 0; count < times; count++) {
    const [claimed] = await claimAll(storage, { slotsPerEndpoint: 1, now: at });
    await settle(storage, claimed ?? assert.fail("there is one to claim"), again, at);
  }
}

async function settleTimedOut(
  storage: Storage,
  claimed: Parameters<typeof settlementOf>[0],
  now: Date,
): Promise<void> {
  const attempt = newAttempt(claimed, { now, failureReason: "timeout" });
  const settlement = { ...settlementOf(claimed, again, now), attempt };
  assert.deepEqual(await storage.queue.settle({ settlements: [settlement], now }), ["applied"]);
}
