import assert from "node:assert/strict";
import type { DeliveryRecord, Storage } from "@tenon/core/ports";
import { readPages } from "./setup/expectations.js";
import { after, insertEndpoint, newId, publish, TENANT } from "./setup/fixtures.js";
import {
  claimAll,
  claimOne,
  getDelivery,
  LEASE_MS,
  newAttempt,
  only,
  settle,
  settlementOf,
} from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

export const deliveryCases = about("deliveries", {
  async "a new delivery is pending and due at once, and find and list agree on it"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    const { id: messageId } = await publish(storage, { at: after(1) });
    const listed = await onlyDelivery(storage, after(1));
    assert.deepEqual(listed, {
      tenantId: TENANT,
      id: listed.id,
      messageId,
      endpointId,
      state: "pending",
      attemptCount: 0,
      createdAt: after(1),
      nextAttemptAt: after(1),
      finishedAt: undefined,
      failureReason: undefined,
    } satisfies DeliveryRecord);
    assert.match(listed.id, /^dlv_[0-9A-Za-z]{22}$/);
    assert.deepEqual(await getDelivery(storage, listed.id, after(1)), listed);
  },

  async "a delivery is delivering while its lease lives, and pending again from its very end"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    const { deliveryId } = await claimOne(storage, { now: after(0) });
    const leaseEnd = LEASE_MS / 1000;
    assert.equal((await getDelivery(storage, deliveryId, after(leaseEnd - 0.001))).state, "delivering");
    assert.equal((await getDelivery(storage, deliveryId, after(leaseEnd))).state, "pending");
  },

  async "a failed attempt makes it retrying, due after the delay"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    const claimed = await claimOne(storage, { now: after(0) });
    await settle(storage, claimed, { kind: "retry", delayMs: 5_500 }, after(2));
    const delivery = await getDelivery(storage, claimed.deliveryId, after(2));
    assert.deepEqual(
      [delivery.state, delivery.attemptCount, delivery.nextAttemptAt, delivery.finishedAt],
      ["retrying", 1, after(7.5), undefined],
    );
  },

  async "a delivery that succeeded is final, with its attempts counted"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    const first = await claimOne(storage, { now: after(0) });
    await settle(storage, first, { kind: "retry", delayMs: 1000 }, after(1));
    const second = await claimOne(storage, { now: after(2) });
    await settle(storage, second, { kind: "succeeded" }, after(3));
    const delivery = await getDelivery(storage, first.deliveryId, after(3));
    assert.deepEqual(
      [delivery.state, delivery.attemptCount, delivery.nextAttemptAt, delivery.finishedAt],
      ["succeeded", 2, undefined, after(3)],
    );
    assert.equal(delivery.failureReason, undefined);
  },

  async "an exhausted delivery is final and tells why it failed"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    const claimed = await claimOne(storage, { now: after(0) });
    await settle(storage, claimed, { kind: "exhausted", failureReason: "tls" }, after(1));
    const delivery = await getDelivery(storage, claimed.deliveryId, after(1));
    assert.deepEqual(
      [delivery.state, delivery.attemptCount, delivery.nextAttemptAt, delivery.finishedAt],
      ["exhausted", 1, undefined, after(1)],
    );
    assert.equal(delivery.failureReason, "tls");
  },

  async "switching an endpoint off holds what waits, and neither what is under way nor what is final"(
    storage,
  ) {
    const { id: endpointId } = await insertEndpoint(storage);
    for (let second = 0; second < 4; second++) await publish(storage, { at: after(second) });
    const [final, retrying, leased] = await claimAll(storage, {
      slots: 1,
      slotsPerEndpoint: 3,
      slotsForSlow: 3,
      now: after(4),
    });
    assert.ok(final && retrying && leased);
    await settle(storage, final, { kind: "succeeded" }, after(5));
    await settle(storage, retrying, { kind: "retry", delayMs: 1000 }, after(5));
    await storage.endpoints.disable({ tenantId: TENANT, endpointId, reason: "manual", now: after(6) });
    assert.deepEqual(await states(storage, after(6)), ["succeeded", "held", "delivering", "held"]);
    await storage.endpoints.enable({ tenantId: TENANT, endpointId, now: after(7) });
    assert.deepEqual(await states(storage, after(7)), ["succeeded", "retrying", "delivering", "pending"]);
  },

  async "deliveries are listed newest first, in pages that miss and repeat none"(storage) {
    await insertEndpoint(storage);
    const messageIds: string[] = [];
    for (let second = 0; second < 7; second++) {
      messageIds.unshift((await publish(storage, { at: after(second * 60) })).id);
    }
    const now = after(600);
    const pages = await readPages(3, (page) => storage.deliveries.list({ tenantId: TENANT, now, ...page }));
    assert.deepEqual(
      pages.map((page) => page.length),
      [3, 3, 1],
    );
    assert.deepEqual(
      pages.flat().map((delivery) => delivery.messageId),
      messageIds,
    );
  },

  async "pages don't miss or repeat deliveries made in one instant"(storage) {
    for (let count = 0; count < 5; count++) await insertEndpoint(storage);
    await publish(storage);
    await publish(storage);
    const now = after(1);
    const pages = await readPages(3, (page) => storage.deliveries.list({ tenantId: TENANT, now, ...page }));
    const ids = pages.flat().map((delivery) => delivery.id);
    assert.deepEqual([ids.length, new Set(ids).size], [10, 10]);
  },

  async "filters by endpoint and message combine, also with a cursor"(storage) {
    const [first, second] = [await insertEndpoint(storage), await insertEndpoint(storage)];
    const messages = [];
    for (let count = 0; count < 3; count++) messages.push(await publish(storage, { at: after(count * 60) }));
    const now = after(600);
    const ofFirst = await storage.deliveries.list({ tenantId: TENANT, endpointId: first.id, limit: 9, now });
    assert.deepEqual(
      ofFirst.map((delivery) => [delivery.endpointId, delivery.messageId]),
      messages.map((message) => [first.id, message.id]).reverse(),
    );
    const [newest] = ofFirst;
    assert.ok(newest);
    const rest = await storage.deliveries.list({
      tenantId: TENANT,
      endpointId: first.id,
      cursor: newest.id,
      limit: 9,
      now,
    });
    assert.deepEqual(rest, ofFirst.slice(1));
    const messageId = messages[1]?.id ?? "";
    const both = await storage.deliveries.list({
      tenantId: TENANT,
      endpointId: second.id,
      messageId,
      limit: 9,
      now,
    });
    assert.deepEqual(
      both.map((delivery) => [delivery.endpointId, delivery.messageId]),
      [[second.id, messageId]],
    );
  },

  async "an attempt comes back field by field as it was logged"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    const claimed = await claimOne(storage, { now: after(0) });
    const settlement = settlementOf(claimed, { kind: "succeeded" }, after(1));
    const attempt = newAttempt(claimed, {
      now: after(0.5),
      durationMs: 431,
      succeeded: true,
      failureReason: undefined,
      responseStatus: 202,
      responseHeaders: { "content-type": "text/plain; charset=utf-8", "x-request-id": "ü1" },
      responseBody: "принято ✓\n",
    });
    await storage.queue.settle({ settlements: [{ ...settlement, attempt }], now: after(1) });
    const request = { tenantId: TENANT, deliveryId: claimed.deliveryId, limit: 9 };
    assert.deepEqual(await storage.deliveries.listAttempts(request), [attempt]);
  },

  async "an attempt without a response has neither status, headers nor body, but says what went wrong"(
    storage,
  ) {
    await insertEndpoint(storage);
    await publish(storage);
    const claimed = await claimOne(storage, { now: after(0) });
    const settlement = settlementOf(claimed, { kind: "retry", delayMs: 0 }, after(1));
    const attempt = newAttempt(claimed, {
      now: after(0.5),
      failureReason: "dns",
      error: "partner.example could not be resolved (ENOTFOUND) ✗",
      responseStatus: undefined,
      responseHeaders: undefined,
      responseBody: undefined,
    });
    await storage.queue.settle({ settlements: [{ ...settlement, attempt }], now: after(1) });
    const request = { tenantId: TENANT, deliveryId: claimed.deliveryId, limit: 9 };
    assert.deepEqual(await storage.deliveries.listAttempts(request), [attempt]);
  },

  async "attempts are listed first one first, the last of them where there are more than asked"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    let deliveryId = "";
    for (let number = 1; number <= 11; number++) {
      const claimed = await claimOne(storage, { now: after(number * 10) });
      deliveryId = claimed.deliveryId;
      await settle(storage, claimed, { kind: "retry", delayMs: 1000 }, after(number * 10 + 1));
    }
    const numbers = async (limit: number) => {
      const attempts = await storage.deliveries.listAttempts({ tenantId: TENANT, deliveryId, limit });
      return attempts.map((attempt) => attempt.attemptNumber);
    };
    assert.deepEqual(await numbers(100), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.deepEqual(await numbers(3), [9, 10, 11]);
  },

  async "a delivery that isn't there is undefined and has no attempts"(storage) {
    const request = { tenantId: TENANT, deliveryId: newId("dlv") };
    assert.equal(await storage.deliveries.find({ ...request, now: after(0) }), undefined);
    assert.deepEqual(await storage.deliveries.listAttempts({ ...request, limit: 9 }), []);
  },
});

async function onlyDelivery(storage: Storage, now: Date): Promise<DeliveryRecord> {
  return only(await storage.deliveries.list({ tenantId: TENANT, limit: 9, now }), "deliveries");
}

/** The states, oldest message first. */
async function states(storage: Storage, now: Date) {
  const deliveries = await storage.deliveries.list({ tenantId: TENANT, limit: 9, now });
  const byMessage = deliveries.toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1));
  return byMessage.map((delivery) => delivery.state);
}
