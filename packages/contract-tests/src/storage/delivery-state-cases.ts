import assert from "node:assert/strict";
import type { DeliveryRecord, Storage } from "@tenon/core/ports";
import { readPages } from "./setup/expectations.js";
import { after, insertEndpoint, OTHER_TENANT, publish, TENANT } from "./setup/fixtures.js";
import { claimAll, settle } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

type State = DeliveryRecord["state"];

const STATES: readonly State[] = [
  "pending",
  "delivering",
  "retrying",
  "held",
  "succeeded",
  "exhausted",
  "cancelled",
];
const NOW = after(20);

export const deliveryStateCases = about("deliveries by state", {
  async "each listing holds what shows its state, newest first, page after page, and counts agree"(storage) {
    await prepare(storage);
    const all = await storage.deliveries.list({ tenantId: TENANT, limit: 1_000, now: NOW });
    for (const state of STATES) {
      const expected = all.filter((delivery) => delivery.state === state);
      assert.ok(expected.length > 0, `${state} occurs`);
      const pages = await readPages(2, (page) =>
        storage.deliveries.list({ tenantId: TENANT, state, now: NOW, ...page }),
      );
      assert.deepEqual(pages.flat(), expected, state);
      const count = (limit: number) => storage.deliveries.count({ tenantId: TENANT, state, limit, now: NOW });
      assert.equal(await count(1_000), expected.length, state);
      assert.equal(await count(1), 1, state);
    }
  },

  async "the filters by endpoint and message narrow each of them"(storage) {
    const { endpointIds, messageIds } = await prepare(storage);
    const all = await storage.deliveries.list({ tenantId: TENANT, limit: 1_000, now: NOW });
    const request = { tenantId: TENANT, limit: 1_000, now: NOW };
    for (const state of STATES) {
      const expected = all.filter((delivery) => delivery.state === state);
      for (const endpointId of endpointIds) {
        const own = expected.filter((delivery) => delivery.endpointId === endpointId);
        assert.deepEqual(await storage.deliveries.list({ ...request, state, endpointId }), own, state);
        assert.equal(await storage.deliveries.count({ ...request, state, endpointId }), own.length, state);
      }
      for (const messageId of messageIds) {
        const own = expected.filter((delivery) => delivery.messageId === messageId);
        assert.deepEqual(await storage.deliveries.list({ ...request, state, messageId }), own, state);
      }
    }
  },

  async "a lease that ran out shows, and is listed, as what it was before"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    await claimAll(storage, { now: after(0) });
    const count = (state: State, now: Date) =>
      storage.deliveries.count({ tenantId: TENANT, state, limit: 9, now });
    assert.deepEqual([await count("delivering", after(1)), await count("pending", after(1))], [1, 0]);
    assert.deepEqual([await count("delivering", after(900)), await count("pending", after(900))], [0, 1]);
  },

  async "another tenant's deliveries are in none of them"(storage) {
    await prepare(storage);
    for (const state of STATES) {
      const request = { tenantId: OTHER_TENANT, state, limit: 9, now: NOW };
      assert.deepEqual(await storage.deliveries.list(request), []);
      assert.equal(await storage.deliveries.count(request), 0);
    }
  },
});

/** Deliveries in every state: at an endpoint that is enabled, one that is disabled, and one that was deleted. */
async function prepare(storage: Storage) {
  const endpoints = [];
  for (let count = 0; count < 3; count++) endpoints.push(await insertEndpoint(storage));
  const [, disabled, deleted] = endpoints;
  assert.ok(disabled && deleted);
  const messageIds: string[] = [];
  for (let second = 1; second <= 6; second++)
    messageIds.push((await publish(storage, { at: after(second) })).id);
  const claimed = await claimAll(storage, { now: after(7) });
  assert.equal(claimed.length, 18);
  const outcomes = [
    { kind: "succeeded" },
    { kind: "exhausted", failureReason: "tls" },
    { kind: "retry", delayMs: 900_000 },
    { kind: "released", delayMs: 0 },
    { kind: "retry", delayMs: 1_000 },
  ] as const;
  for (const endpoint of endpoints) {
    const own = claimed.filter(({ endpointId }) => endpointId === endpoint.id);
    for (const [index, outcome] of outcomes.entries()) {
      const one = own[index];
      assert.ok(one);
      await settle(storage, one, outcome, after(8));
    }
  }
  for (let second = 9; second <= 11; second++)
    messageIds.push((await publish(storage, { at: after(second) })).id);
  const discarded = await publish(storage, { at: after(12) });
  const request = { tenantId: TENANT, messageId: discarded.id, limit: 9, now: after(12) };
  for (const { id: deliveryId } of await storage.deliveries.list(request))
    await storage.replays.discard({ tenantId: TENANT, deliveryId, now: after(12) });
  const endpointIds = endpoints.map(({ id }) => id);
  await storage.endpoints.disable({
    tenantId: TENANT,
    endpointId: disabled.id,
    reason: "manual",
    now: after(13),
  });
  await storage.endpoints.delete({ tenantId: TENANT, endpointId: deleted.id, now: after(13) });
  return { endpointIds, messageIds: [...messageIds, discarded.id] };
}
