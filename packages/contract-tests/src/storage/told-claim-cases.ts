import assert from "node:assert/strict";
import type { ClaimedDelivery, MessageReference, Storage } from "@tenon/core/ports";
import { after, insertEndpoint, newId, OTHER_TENANT, publish, TENANT } from "./setup/fixtures.js";
import { claim, claimAll, settle } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const NOW = after(60);

export const toldClaimCases = about("claims of messages", {
  async "a claim that is told of messages brings what is ready at their endpoints, and of no other"(storage) {
    const [first, second] = [await publishTo(storage, "a"), await publishTo(storage, "b")];
    await publishTo(storage, "c");
    const told = await claimFor(storage, [first, second]);
    assert.deepEqual(messageIds(told.deliveries).toSorted(), [first.messageId, second.messageId].toSorted());
    assert.deepEqual([told.cursor, told.mayHaveMore], [undefined, false]);
    assert.equal((await claimAll(storage, { now: NOW })).length, 1);
  },

  async "it brings an endpoint's oldest first, whichever message it was told of"(storage) {
    const { id } = await insertEndpoint(storage);
    const older = await publishAt(storage, id, 1);
    const told = await publishAt(storage, id, 2);
    const first = await claimFor(storage, [told], { slots: 1 });
    assert.deepEqual(messageIds(first.deliveries), [older.messageId]);
    assert.equal(first.mayHaveMore, true);
    const second = await claimFor(storage, [told], { slots: 1 });
    assert.deepEqual(messageIds(second.deliveries), [told.messageId]);
  },

  async "it brings all endpoints of a message, wherever the cursor of the others' turns is"(storage) {
    for (let number = 0; number < 3; number++) await insertEndpoint(storage);
    const { id: messageId } = await publish(storage);
    const { cursor } = await claim(storage, { slots: 1, now: NOW });
    assert.ok(cursor !== undefined);
    const told = await claimFor(storage, [{ tenantId: TENANT, messageId }], { cursor });
    assert.equal(told.deliveries.length, 2);
  },

  async "of another tenant's message, one that isn't there, or is under way or final, it brings nothing"(
    storage,
  ) {
    const message = await publishTo(storage, "a");
    for (const unknown of [
      { ...message, tenantId: OTHER_TENANT },
      { tenantId: TENANT, messageId: newId("msg") },
      { tenantId: TENANT, messageId: "msg_none" },
    ]) {
      assert.deepEqual(await claimFor(storage, [unknown]), NOTHING);
    }
    assert.deepEqual(await claimFor(storage, []), NOTHING);
    const [claimed] = (await claimFor(storage, [message])).deliveries;
    assert.ok(claimed);
    assert.deepEqual(await claimFor(storage, [message]), NOTHING);
    await settle(storage, claimed, { kind: "succeeded" }, NOW);
    assert.deepEqual(await claimFor(storage, [message]), NOTHING);
  },

  async "it keeps to an endpoint's pace: none while disabled, no more than its slots, those of others counted"(
    storage,
  ) {
    const { id } = await insertEndpoint(storage, { concurrency: 2 });
    const messages = [];
    for (let second = 0; second < 3; second++) messages.push(await publishAt(storage, id, second));
    const request = { tenantId: TENANT, endpointId: id };
    await storage.endpoints.disable({ ...request, reason: "manual", now: after(5) });
    assert.deepEqual(await claimFor(storage, messages), NOTHING);
    await storage.endpoints.enable({ ...request, now: after(6) });
    const first = await claimFor(storage, messages.slice(0, 1), { slots: 1 });
    assert.equal(first.deliveries.length, 1);
    const second = await claimFor(storage, messages);
    assert.deepEqual([second.deliveries.length, second.mayHaveMore], [1, true]);
    assert.deepEqual(await claimFor(storage, messages), { ...NOTHING, mayHaveMore: true });
  },

  async "it waits for a delivery's time as any claim does"(storage) {
    await insertEndpoint(storage);
    const { id: messageId } = await publish(storage, { deliverAt: after(120) });
    assert.deepEqual(await claimFor(storage, [{ tenantId: TENANT, messageId }]), NOTHING);
  },

  async "a round says whether it left anything that an attempt's end makes room for"(storage) {
    const { id: full } = await insertEndpoint(storage);
    const { id: off } = await insertEndpoint(storage);
    for (let second = 0; second < 3; second++) await publish(storage, { at: after(second) });
    await storage.endpoints.disable({ tenantId: TENANT, endpointId: off, reason: "manual", now: after(5) });
    const one = { slotsPerEndpoint: 1, now: NOW };
    const first = await claim(storage, one);
    assert.deepEqual([first.deliveries.length, first.cursor, first.mayHaveMore], [1, undefined, true]);
    assert.deepEqual(await claim(storage, one), { ...NOTHING, mayHaveMore: true });
    const rest = await claim(storage, { slotsPerEndpoint: 9, now: NOW });
    assert.deepEqual([rest.deliveries.length, rest.mayHaveMore], [2, false]);
    assert.ok(rest.deliveries.every(({ endpointId }) => endpointId === full));
    assert.deepEqual(await claim(storage, one), NOTHING);
  },
});

const NOTHING = { deliveries: [], cursor: undefined, mayHaveMore: false };

function claimFor(
  storage: Storage,
  messages: readonly MessageReference[],
  options: { readonly slots?: number; readonly cursor?: string } = {},
) {
  return claim(storage, { ...options, messages, now: NOW });
}

/** Publishes to an endpoint of its own. */
async function publishTo(storage: Storage, path: string): Promise<MessageReference> {
  const { id } = await insertEndpoint(storage, { url: `https://partner.example/${path}` });
  return publishAt(storage, id, 0);
}

async function publishAt(storage: Storage, endpointId: string, second: number): Promise<MessageReference> {
  const { id } = await publish(storage, { endpointId, at: after(second) });
  return { tenantId: TENANT, messageId: id };
}

function messageIds(claimed: readonly ClaimedDelivery[]): readonly string[] {
  return claimed.map(({ messageId }) => messageId);
}
