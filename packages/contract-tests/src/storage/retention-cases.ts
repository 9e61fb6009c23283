import assert from "node:assert/strict";
import type { PrunedMessages, Storage } from "@tenon/core/ports";
import {
  after,
  insertEndpoint,
  insertKey,
  newMessage,
  OTHER_TENANT,
  publish,
  TENANT,
} from "./setup/fixtures.js";
import { claimAll, only, settle } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const DAY = 86_400;
const RETENTION_MS = 30 * DAY * 1000;
const EXHAUSTED = { kind: "exhausted", failureReason: "tls" } as const;

export const retentionCases = about("retention", {
  async "a message goes with its deliveries and attempts once its last delivery ended long enough ago, not before"(
    storage,
  ) {
    await insertEndpoint(storage);
    await insertEndpoint(storage);
    const { id: messageId } = await publish(storage);
    const [first, second] = await claimAll(storage, { now: after(0) });
    assert.ok(first && second);
    await settle(storage, first, { kind: "succeeded" }, after(1));
    await settle(storage, second, EXHAUSTED, after(5 * DAY));
    assert.deepEqual(await pruneAll(storage, after(35 * DAY - 1)), {
      messages: 0,
      deliveries: 0,
      attempts: 0,
    });
    assert.ok(await storage.messages.find({ tenantId: TENANT, messageId }));
    assert.deepEqual(await pruneAll(storage, after(35 * DAY)), { messages: 1, deliveries: 2, attempts: 2 });
    assert.equal(await storage.messages.find({ tenantId: TENANT, messageId }), undefined);
    for (const { deliveryId } of [first, second]) {
      assert.equal(await storage.deliveries.find({ tenantId: TENANT, deliveryId }), undefined);
      assert.deepEqual(await storage.deliveries.listAttempts({ tenantId: TENANT, deliveryId, limit: 9 }), []);
    }
    assert.deepEqual(await pruneAll(storage, after(35 * DAY)), { messages: 0, deliveries: 0, attempts: 0 });
  },

  async "what waits, is held, scheduled, under way or revived keeps its message whole, however old"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    const ids = [];
    for (let count = 0; count < 3; count++) ids.push((await publish(storage, { at: after(count) })).id);
    ids.push((await publish(storage, { at: after(3), deliverAt: after(300 * DAY) })).id);
    const claimed = await claimAll(storage, { now: after(10) });
    assert.equal(claimed.length, 3);
    const [waiting, revived] = claimed;
    assert.ok(waiting && revived);
    await settle(storage, waiting, { kind: "retry", delayMs: 1000 }, after(11));
    await settle(storage, revived, EXHAUSTED, after(11));
    await storage.replays.retry({ tenantId: TENANT, deliveryId: revived.deliveryId, now: after(12) });
    await storage.endpoints.disable({ tenantId: TENANT, endpointId, reason: "manual", now: after(13) });
    assert.deepEqual(await pruneAll(storage, after(200 * DAY)), { messages: 0, deliveries: 0, attempts: 0 });
    const kept = await storage.messages.list({ tenantId: TENANT, limit: 9 });
    assert.deepEqual(kept.map(({ id }) => id).reverse(), ids);
  },

  async "a message that nobody matched goes by its time of publishing"(storage) {
    await publish(storage, { at: after(0) });
    await publish(storage, { at: after(DAY) });
    assert.equal((await pruneAll(storage, after(30 * DAY))).messages, 1);
    assert.equal((await storage.messages.list({ tenantId: TENANT, limit: 9 })).length, 1);
  },

  async "an idempotency key lives as long as its message, and is free again then"(storage) {
    const fields = { idempotencyKey: "order-1", requestHash: "00".repeat(32) };
    await publish(storage, fields);
    const again = () =>
      storage.messages.publish({ messages: [newMessage({ ...fields, at: after(1) })], now: after(40 * DAY) });
    assert.equal(only(await again(), "outcomes").duplicate, true);
    await pruneAll(storage, after(40 * DAY));
    assert.equal(only(await again(), "outcomes").duplicate, false);
  },

  async "each step looks at no more than its limit, and the steps together miss nothing"(storage) {
    for (let count = 0; count < 3; count++) await insertEndpoint(storage);
    await publish(storage, { at: after(0), deliverAt: after(300 * DAY) });
    for (let second = 1; second <= 7; second++) await publish(storage, { at: after(second) });
    for (const one of await claimAll(storage, { now: after(10) }))
      await settle(storage, one, { kind: "succeeded" }, after(10));
    const steps = await pruneInSteps(storage, after(31 * DAY), 2);
    assert.ok(steps.length > 7);
    assert.ok(steps.every(({ messages, deliveries }) => messages <= 2 && deliveries <= 2));
    assert.deepEqual(sum(steps), { messages: 7, deliveries: 21, attempts: 21 });
    assert.equal((await storage.messages.list({ tenantId: TENANT, limit: 9 })).length, 1);
  },

  async "one tenant's messages go, another's stay, and each tenant is listed with its oldest message"(
    storage,
  ) {
    await publish(storage, { at: after(5), tenantId: OTHER_TENANT });
    await publish(storage, { at: after(2), tenantId: "a\ttenant" });
    await publish(storage, { at: after(1) });
    await publish(storage, { at: after(3) });
    const all = await storage.retention.listTenants({ limit: 9 });
    const byName = Object.fromEntries(all.map(({ tenantId, oldestAt }) => [tenantId, oldestAt]));
    assert.deepEqual(byName, { [TENANT]: after(1), [OTHER_TENANT]: after(5), "a\ttenant": after(2) });
    const paged = [];
    for (let after: string | undefined; ; after = paged.at(-1)?.tenantId) {
      const page = await storage.retention.listTenants({
        limit: 2,
        ...(after === undefined ? {} : { after }),
      });
      paged.push(...page);
      if (page.length < 2) break;
    }
    assert.deepEqual(paged, all);
    assert.equal((await pruneAll(storage, after(60 * DAY))).messages, 2);
    assert.equal((await storage.messages.list({ tenantId: OTHER_TENANT, limit: 9 })).length, 1);
  },

  async "an endpoint that was deleted goes for good once no delivery names it"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    const other = await insertEndpoint(storage, { eventTypes: ["other"] });
    await publish(storage);
    const claimed = only(await claimAll(storage, { now: after(0) }), "claimed deliveries");
    await settle(storage, claimed, { kind: "succeeded" }, after(1));
    await storage.endpoints.delete({ tenantId: TENANT, endpointId, now: after(2) });
    await storage.endpoints.delete({ tenantId: TENANT, endpointId: other.id, now: after(DAY) });
    const pruneEndpoints = (now: Date) =>
      storage.retention.pruneEndpoints({ retentionMs: 1000, limit: 9, now });
    assert.equal(await pruneEndpoints(after(DAY)), 0);
    assert.equal(await pruneEndpoints(after(2 * DAY)), 1);
    await pruneAll(storage, after(31 * DAY));
    assert.equal(await pruneEndpoints(after(31 * DAY)), 1);
    assert.equal(await pruneEndpoints(after(31 * DAY)), 0);
  },

  async "an endpoint that isn't deleted stays, named or not"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    assert.equal(
      await storage.retention.pruneEndpoints({ retentionMs: 0, limit: 9, now: after(900 * DAY) }),
      0,
    );
    assert.ok(await storage.endpoints.find({ tenantId: TENANT, endpointId }));
  },

  async "counts of calls go hour by hour, the oldest first"(storage) {
    const { id: keyId } = await insertKey(storage);
    const hours = [0, 1, 2, 3].map((hour) => after(hour * 3600));
    await storage.keyUsage.record({
      counts: hours.map((hour) => ({ tenantId: TENANT, keyId, hour, outcome: "accepted", count: 1 })),
      lastUses: [],
    });
    const prune = (limit: number) =>
      storage.retention.pruneUsage({ retentionMs: RETENTION_MS, limit, now: after(30 * DAY + 2 * 3600) });
    assert.equal(await prune(1), 1);
    const read = () =>
      storage.keyUsage.read({
        tenantId: TENANT,
        keyId,
        from: after(0),
        to: after(DAY),
        granularity: "hour",
      });
    assert.deepEqual(
      (await read()).map(({ startsAt }) => startsAt),
      hours.slice(1),
    );
    assert.equal(await prune(9), 1);
    assert.equal(await prune(9), 0);
    assert.deepEqual(
      (await read()).map(({ startsAt }) => startsAt),
      hours.slice(2),
    );
  },
});

type Counts = Pick<PrunedMessages, "messages" | "deliveries" | "attempts">;

/** Prunes one tenant's messages, step after step to the end. */
async function pruneInSteps(storage: Storage, now: Date, limit: number): Promise<readonly Counts[]> {
  const steps: Counts[] = [];
  let cursor: string | undefined;
  for (;;) {
    assert.ok(steps.length < 100, "the steps come to an end");
    const step = await storage.retention.pruneMessages({
      tenantId: TENANT,
      retentionMs: RETENTION_MS,
      limit,
      now,
      ...(cursor === undefined ? {} : { cursor }),
    });
    assert.ok(step, "nobody else is pruning");
    steps.push(step);
    if (step.isOver) return steps;
    cursor = step.cursor;
  }
}

function sum(steps: readonly Counts[]): Counts {
  const total = (name: keyof Counts) => steps.reduce((all, step) => all + step[name], 0);
  return { messages: total("messages"), deliveries: total("deliveries"), attempts: total("attempts") };
}

async function pruneAll(storage: Storage, now: Date): Promise<Counts> {
  return sum(await pruneInSteps(storage, now, 100));
}
