import assert from "node:assert/strict";
import type { ClaimedDelivery, Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import {
  after,
  insertEndpoint,
  newEndpoint,
  newId,
  newMessage,
  OTHER_TENANT,
  publish,
  TENANT,
} from "./setup/fixtures.js";
import { claim, claimAll, claimOne, LEASE_MS, settle, settlementOf } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const LEASE_SECONDS = LEASE_MS / 1000;

export const claimCases = about("queue", {
  async "a claim brings all that an attempt needs"(storage) {
    const endpoint = newEndpoint({
      retrySchedule: { kind: "list", delaysSeconds: [0, 60] },
      timeoutMs: 1_500,
      sealedHeaders: { names: ["X-Team"], sealed: "sealed-headers" },
    });
    const secret = { id: newId("sec"), sealed: "sealed-1" };
    await storage.endpoints.insert({ endpoint, secret, now: after(0) });
    const message = await publish(storage, { payload: '{"n":1}' });
    const claimed = await claimOne(storage, { now: after(1) });
    assert.ok(claimed.deliveryId.length > 0 && claimed.leaseToken.length > 0);
    assert.deepEqual(claimed, {
      tenantId: TENANT,
      deliveryId: claimed.deliveryId,
      messageId: message.id,
      endpointId: endpoint.id,
      attemptNumber: 1,
      attemptsBefore: 0,
      leaseToken: claimed.leaseToken,
      payload: '{"n":1}',
      url: endpoint.url,
      endpointRevision: 1,
      retrySchedule: endpoint.retrySchedule,
      timeoutMs: 1_500,
      sealedHeaders: endpoint.sealedHeaders,
      signing: "hmac",
      secrets: [secret],
      failing: undefined,
    });
  },

  async "without instants given, the storage's clock drives a delivery from publish to success"(storage) {
    await insertEndpoint(storage);
    const outcomes = await storage.messages.publish({ messages: [newMessage()] });
    await storage.queue.promote({ limit: 10 });
    const request = {
      slots: 10,
      slotsPerEndpoint: 10,
      slotsForSlow: 10,
      leaseMs: 3_600_000,
      leaseMarginMs: 5_000,
    };
    const { deliveries } = await storage.queue.claim(request);
    assert.deepEqual(
      messageIds(deliveries),
      outcomes.map(({ message }) => message.id),
    );
    await storage.queue.promote({ limit: 10 });
    assert.deepEqual((await storage.queue.claim(request)).deliveries, []);
    const settlements = deliveries.map((one) => settlementOf(one, { kind: "succeeded" }, after(0)));
    assert.deepEqual(await storage.queue.settle({ settlements }), ["applied"]);
    const [delivery] = await storage.deliveries.list({ tenantId: TENANT, limit: 9 });
    assert.equal(delivery?.state, "succeeded");
    assert.ok(delivery.finishedAt && delivery.finishedAt >= delivery.createdAt);
  },

  async "two runners claim one due delivery: exactly one wins"(storage) {
    await insertEndpoint(storage);
    for (let round = 0; round < 5; round++) {
      await publish(storage, { at: after(round) });
      const claims = await race(2, () => claim(storage, { now: after(round) }));
      const late = await claimAll(storage, { now: after(round) });
      assert.equal(claims.flatMap(({ deliveries }) => deliveries).length + late.length, 1);
    }
  },

  async "eight runners claim at once until nothing is left: each delivery goes to exactly one"(storage) {
    await publishToEndpoints(storage, { endpoints: 5, messages: 8 });
    const shares = await race(8, () =>
      claimAll(storage, { slots: 3, slotsPerEndpoint: 1000, now: after(60) }),
    );
    const rest = await claimAll(storage, { slotsPerEndpoint: 1000, now: after(60) });
    const ids = [...shares.flat(), ...rest].map((delivery) => delivery.deliveryId);
    assert.deepEqual([ids.length, new Set(ids).size], [40, 40]);
  },

  async "a claim brings at most as many as it has slots"(storage) {
    await publishToEndpoints(storage, { endpoints: 3, messages: 4 });
    const { deliveries } = await claim(storage, { slots: 5, now: after(60) });
    assert.ok(deliveries.length <= 5 && deliveries.length > 0);
    assert.deepEqual((await claim(storage, { slots: 0, now: after(60) })).deliveries, []);
  },

  async "a lease keeps its delivery until its very end, and then another claim gets it with a new token"(
    storage,
  ) {
    await insertEndpoint(storage);
    await publish(storage);
    const first = await claimOne(storage, { now: after(0) });
    assert.deepEqual(await claimAll(storage, { now: after(LEASE_SECONDS - 0.001) }), []);
    const second = await claimOne(storage, { now: after(LEASE_SECONDS) });
    assert.equal(second.deliveryId, first.deliveryId);
    assert.notEqual(second.leaseToken, first.leaseToken);
    assert.equal(second.attemptNumber, 1, "an attempt nobody settled was not used");
  },

  async "an endpoint has at most slotsPerEndpoint live leases, those of other runners counted"(storage) {
    const { id } = await insertEndpoint(storage);
    for (let second = 0; second < 9; second++) await publish(storage, { at: after(second) });
    const mine = await claimAll(storage, { slotsPerEndpoint: 2, now: after(10) });
    assert.equal(mine.length, 2);
    assert.deepEqual(await claimAll(storage, { slotsPerEndpoint: 2, now: after(11) }), []);
    const theirs = await claimAll(storage, { slotsPerEndpoint: 3, now: after(12) });
    assert.deepEqual(
      theirs.map((delivery) => delivery.endpointId),
      [id],
    );
    const [settled] = mine;
    assert.ok(settled);
    await settle(storage, settled, { kind: "succeeded" }, after(13));
    assert.equal((await claimAll(storage, { slotsPerEndpoint: 3, now: after(13) })).length, 1);
  },

  async "eight runners claim one endpoint's backlog at once: never more than slotsPerEndpoint"(storage) {
    await publishToEndpoints(storage, { endpoints: 1, messages: 20 });
    const shares = await race(8, () => claimAll(storage, { slots: 2, slotsPerEndpoint: 4, now: after(60) }));
    assert.ok(shares.flat().length <= 4, `${shares.flat().length} leases at a cap of 4`);
    const rest = await claimAll(storage, { slotsPerEndpoint: 4, now: after(60) });
    assert.equal(shares.flat().length + rest.length, 4);
  },

  async "a lease that ran out takes no slot, even before it is promoted"(storage) {
    await publishToEndpoints(storage, { endpoints: 1, messages: 4 });
    const first = await claimAll(storage, { slotsPerEndpoint: 2, now: after(60) });
    const second = await claim(storage, { slotsPerEndpoint: 2, now: after(60 + LEASE_SECONDS) });
    const ids = [...first, ...second.deliveries].map((delivery) => delivery.deliveryId);
    assert.deepEqual([ids.length, new Set(ids).size], [4, 4]);
  },

  async "within an endpoint the oldest message goes first, also after a retry"(storage) {
    await insertEndpoint(storage);
    const ids: string[] = [];
    for (let second = 0; second < 6; second++) ids.push((await publish(storage, { at: after(second) })).id);
    const inTwos = [];
    for (let claims = 0; claims < 2; claims++)
      inTwos.push(...(await claim(storage, { slots: 2, now: after(9) })).deliveries);
    assert.deepEqual(messageIds(inTwos), ids.slice(0, 4));
    for (const claimed of inTwos) await settle(storage, claimed, { kind: "retry", delayMs: 1000 }, after(10));
    assert.deepEqual(messageIds(await claimAll(storage, { now: after(20) })), ids);
  },

  async "an endpoint with 1,000 due deliveries doesn't keep others waiting"(storage) {
    const [before, busy, behind] = [newId("ep", after(1)), newId("ep", after(2)), newId("ep", after(3))];
    for (const id of [before, busy, behind]) await insertEndpoint(storage, { id });
    const messages = Array.from({ length: 1000 }, () => newMessage({ endpointId: busy }));
    await storage.messages.publish({ messages, now: after(0) });
    for (const endpointId of [before, behind]) await publish(storage, { endpointId, at: after(1) });
    const waiting = new Set([before, behind]);
    let cursor: string | undefined;
    for (let count = 0; count < 6 && waiting.size > 0; count++) {
      const now = after(10 + count);
      const options = { slots: 4, slotsPerEndpoint: 4, now, ...(cursor === undefined ? {} : { cursor }) };
      const outcome = await claim(storage, options);
      cursor = outcome.cursor;
      for (const { endpointId } of outcome.deliveries) waiting.delete(endpointId);
      const settlements = outcome.deliveries.map((one) => settlementOf(one, { kind: "succeeded" }, now));
      await storage.queue.settle({ settlements, now });
    }
    assert.equal(waiting.size, 0, "every endpoint had its turn within six claims");
  },

  async "two claims, the second from the first one's cursor, reach all endpoints"(storage) {
    await publishToEndpoints(storage, { endpoints: 6, messages: 3 });
    const first = await claim(storage, { slots: 3, slotsPerEndpoint: 1, now: after(60) });
    assert.ok(first.cursor !== undefined, "the first claim stopped before the end");
    const second = await claim(storage, {
      slots: 3,
      slotsPerEndpoint: 1,
      cursor: first.cursor,
      now: after(60),
    });
    const reached = [...first.deliveries, ...second.deliveries].map((delivery) => delivery.endpointId);
    assert.equal(new Set(reached).size, 6);
  },

  async "at the end of the endpoints there is no cursor, and the next claim begins again"(storage) {
    await publishToEndpoints(storage, { endpoints: 3, messages: 2 });
    const whole = await claim(storage, { slots: 100, slotsPerEndpoint: 1, now: after(60) });
    assert.deepEqual([whole.deliveries.length, whole.cursor], [3, undefined]);
    const again = await claim(storage, { slots: 100, slotsPerEndpoint: 2, now: after(60) });
    assert.equal(again.deliveries.length, 3);
  },

  async "one claim serves every tenant"(storage) {
    for (const tenantId of [TENANT, OTHER_TENANT]) {
      await insertEndpoint(storage, { tenantId });
      await publish(storage, { tenantId });
    }
    const claimed = await claimAll(storage, { now: after(1) });
    assert.deepEqual(claimed.map((delivery) => delivery.tenantId).sort(), [TENANT, OTHER_TENANT].sort());
  },

  async "a disabled endpoint's deliveries are held back while others go out; enabled, they go too"(storage) {
    const [off, on] = [await insertEndpoint(storage), await insertEndpoint(storage)];
    await publish(storage);
    const request = { tenantId: TENANT, endpointId: off.id };
    await storage.endpoints.disable({ ...request, reason: "manual", now: after(1) });
    await publish(storage, { at: after(2) });
    const whileOff = await claimAll(storage, { now: after(3) });
    assert.deepEqual(
      whileOff.map((delivery) => delivery.endpointId),
      [on.id, on.id],
    );
    await storage.endpoints.enable({ ...request, now: after(4) });
    const whenOn = await claimAll(storage, { now: after(4) });
    assert.deepEqual(
      whenOn.map((delivery) => delivery.endpointId),
      [off.id, off.id],
    );
  },
});

async function publishToEndpoints(
  storage: Storage,
  { endpoints, messages }: { readonly endpoints: number; readonly messages: number },
): Promise<void> {
  for (let second = 0; second < endpoints; second++) await insertEndpoint(storage, { at: after(second) });
  const batch = Array.from({ length: messages }, (_, second) => newMessage({ at: after(second) }));
  await storage.messages.publish({ messages: batch, now: after(30) });
}

function messageIds(claimed: readonly ClaimedDelivery[]): readonly string[] {
  return claimed.map((delivery) => delivery.messageId);
}
