import assert from "node:assert/strict";
import type { EndpointRateLimit, Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { after, insertEndpoint, publish, TENANT } from "./setup/fixtures.js";
import { claim, claimAll, getDelivery, only, settle } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const THREE_IN_TEN_SECONDS: EndpointRateLimit = { limit: 3, windowSeconds: 10 };

export const endpointRateCases = about("an endpoint's rate limit", {
  async "so many leave in a window, oldest first; the others stay pending, and go with the next one"(
    storage,
  ) {
    const { endpointId, messageIds } = await prepare(storage, 7);
    const first = await claimAll(storage, { now: after(20) });
    assert.deepEqual(
      first.map(({ messageId }) => messageId),
      messageIds.slice(0, 3),
    );
    for (const one of first) await settle(storage, one, { kind: "succeeded" }, after(21));
    assert.deepEqual(await claimAll(storage, { now: after(29.999) }), []);
    const [waiting] = await storage.deliveries.list({
      tenantId: TENANT,
      endpointId,
      limit: 1,
      now: after(29),
    });
    assert.deepEqual([waiting?.state, waiting?.attemptCount], ["pending", 0]);
    const second = await claimAll(storage, { now: after(30) });
    assert.deepEqual(
      second.map(({ messageId, attemptNumber }) => [messageId, attemptNumber]),
      messageIds.slice(3, 6).map((id) => [id, 1]),
    );
  },

  async "a window opens with the first delivery in it, and counts those that were claimed one by one"(
    storage,
  ) {
    await prepare(storage, 5);
    assert.equal((await claim(storage, { slots: 1, now: after(20) })).deliveries.length, 1);
    assert.equal((await claim(storage, { slots: 1, now: after(29) })).deliveries.length, 1);
    assert.equal((await claim(storage, { slots: 9, now: after(29.5) })).deliveries.length, 1);
    assert.equal((await claim(storage, { slots: 9, now: after(29.9) })).deliveries.length, 0);
    assert.equal((await claim(storage, { slots: 9, now: after(30) })).deliveries.length, 2);
  },

  async "a window doesn't stay open for an hour because the clock was set back by one"(storage) {
    await prepare(storage, 7);
    assert.equal((await claim(storage, { now: after(3_620) })).deliveries.length, 3);
    assert.equal((await claim(storage, { now: after(3_619) })).deliveries.length, 0);
    assert.equal((await claim(storage, { now: after(20) })).deliveries.length, 3);
    assert.equal((await claim(storage, { now: after(29) })).deliveries.length, 0);
  },

  async "eight runners claim at once: together they stay within the limit"(storage) {
    await prepare(storage, 20);
    for (const second of [30, 40, 50]) {
      const shares = await race(8, () => claim(storage, { now: after(second) }));
      const raced = shares.flatMap(({ deliveries }) => deliveries);
      const rest = await claimAll(storage, { now: after(second + 9.9) });
      assert.equal(raced.length + rest.length, 3);
    }
  },

  async "an attempt that is made again counts again"(storage) {
    await prepare(storage, 1);
    for (let attempt = 1; attempt <= 3; attempt++) {
      const claimed = await claimAll(storage, { now: after(20) });
      await settle(storage, only(claimed, "claimed"), { kind: "retry", delayMs: 0 }, after(20));
    }
    assert.deepEqual(await claimAll(storage, { now: after(25) }), []);
    assert.equal(only(await claimAll(storage, { now: after(30) }), "claimed").attemptNumber, 4);
  },

  async "other endpoints are served meanwhile, also when only one delivery is asked for"(storage) {
    await prepare(storage, 10);
    const { id: otherId } = await insertEndpoint(storage, { eventTypes: ["other"] });
    await claimAll(storage, { now: after(20) });
    await publish(storage, { type: "other", at: after(21) });
    const claimed = await claimAll(storage, { slots: 1, now: after(22) });
    assert.deepEqual(
      claimed.map(({ endpointId }) => endpointId),
      [otherId],
    );
  },

  async "the order of a fifo endpoint holds across windows"(storage) {
    const { messageIds } = await prepare(storage, 5, { fifo: true });
    const order: string[] = [];
    for (const second of [20, 21, 22, 23, 30, 31]) {
      for (const one of (await claim(storage, { now: after(second) })).deliveries) {
        order.push(one.messageId);
        await settle(storage, one, { kind: "succeeded" }, after(second));
      }
      assert.ok(second >= 30 || order.length <= 3);
    }
    assert.deepEqual(order, messageIds);
  },

  async "a new limit holds at once, and none at all after it is taken away"(storage) {
    const { endpointId } = await prepare(storage, 20);
    const change = (rateLimit: EndpointRateLimit | null) =>
      storage.endpoints.update({ tenantId: TENANT, endpointId, changes: { rateLimit }, now: after(21) });
    assert.equal((await claimAll(storage, { now: after(20) })).length, 3);
    assert.deepEqual((await change({ limit: 5, windowSeconds: 10 }))?.rateLimit, {
      limit: 5,
      windowSeconds: 10,
    });
    assert.equal((await claimAll(storage, { now: after(22) })).length, 2);
    await change({ limit: 1, windowSeconds: 10 });
    assert.equal((await claimAll(storage, { now: after(23) })).length, 0);
    await change({ limit: 1, windowSeconds: 4 });
    assert.equal((await claimAll(storage, { now: after(24) })).length, 1);
    assert.equal((await change(null))?.rateLimit, undefined);
    assert.equal((await claimAll(storage, { now: after(25) })).length, 14);
  },

  async "a delivery that is asked for by name goes at once, whatever the limit"(storage) {
    const { endpointId } = await prepare(storage, 4);
    await claimAll(storage, { now: after(20) });
    const [newest] = await storage.deliveries.list({
      tenantId: TENANT,
      endpointId,
      limit: 1,
      now: after(20),
    });
    assert.ok(newest);
    const request = { tenantId: TENANT, deliveryId: newest.id, leaseMs: 1_000, leaseMarginMs: 100 };
    assert.ok(await storage.queue.claimOne({ ...request, now: after(21) }));
    assert.equal((await getDelivery(storage, newest.id, after(21))).state, "delivering");
  },
});

async function prepare(storage: Storage, messages: number, fields: { readonly fifo?: boolean } = {}) {
  const { id: endpointId } = await insertEndpoint(storage, {
    ...fields,
    eventTypes: ["post.*"],
    rateLimit: THREE_IN_TEN_SECONDS,
  });
  const messageIds: string[] = [];
  for (let index = 0; index < messages; index++) {
    messageIds.push((await publish(storage, { at: after(index / 10) })).id);
  }
  return { endpointId, messageIds };
}
