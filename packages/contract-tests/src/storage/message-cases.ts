import assert from "node:assert/strict";
import { readPages } from "./setup/expectations.js";
import {
  after,
  insertEndpoint,
  newHash,
  newId,
  newMessage,
  OTHER_TENANT,
  publish,
  TENANT,
} from "./setup/fixtures.js";
import { claimAll, claimOne, getDelivery, only } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

export const messageCases = about("messages", {
  async "a message comes back field by field as it was published"(storage) {
    const { id: endpointId } = await insertEndpoint(storage);
    const message = newMessage({
      channels: ["eu", "us"],
      endpointId,
      idempotencyKey: "order-77/paid ✓",
      requestHash: newHash(),
      deliverAt: after(600),
    });
    const outcome = only(await storage.messages.publish({ messages: [message], now: after(0) }), "outcomes");
    assert.deepEqual(outcome, {
      message: { ...message, createdAt: after(0) },
      duplicate: false,
      deliveryCount: 1,
    });
    assert.deepEqual(
      await storage.messages.find({ tenantId: TENANT, messageId: message.id }),
      outcome.message,
    );
  },

  async "a payload is kept and handed to the runner to the letter"(storage) {
    const payloads = [
      '{"b":1,"a":2,"a":3}',
      '  {"spaced" : [ 1.0, 1e400, 9007199254740993 ] }\n',
      '{"text":"\\u0000 \\ud83d\\ude00 😀 e\u0301 é \u2028 \u202e مرحبا"}',
      JSON.stringify({ long: "ü€😀".repeat(60_000) }),
    ];
    await insertEndpoint(storage);
    for (const [index, payload] of payloads.entries()) {
      const { id: messageId } = await publish(storage, { payload, at: after(index) });
      assert.equal((await storage.messages.find({ tenantId: TENANT, messageId }))?.payload, payload);
    }
    const claimed = await claimAll(storage, { now: after(9) });
    assert.deepEqual(
      claimed.map((delivery) => delivery.payload),
      payloads,
    );
  },

  async "publishing nothing gives no outcomes"(storage) {
    assert.deepEqual(await storage.messages.publish({ messages: [], now: after(0) }), []);
  },

  async "deliverAt keeps a delivery from being claimed before its instant"(storage) {
    await insertEndpoint(storage);
    await publish(storage, { deliverAt: after(600) });
    assert.deepEqual(await claimAll(storage, { now: after(599.999) }), []);
    const claimed = await claimOne(storage, { now: after(600) });
    assert.deepEqual((await getDelivery(storage, claimed.deliveryId, after(600))).nextAttemptAt, after(600));
  },

  async "messages are listed newest first, in pages that miss and repeat none"(storage) {
    const ids: string[] = [];
    for (let second = 0; second < 7; second++)
      ids.unshift((await publish(storage, { at: after(second) })).id);
    const pages = await readPages(3, (page) => storage.messages.list({ tenantId: TENANT, ...page }));
    assert.deepEqual(
      pages.map((page) => page.length),
      [3, 3, 1],
    );
    assert.deepEqual(
      pages.flat().map((message) => message.id),
      ids,
    );
  },

  async "of messages asked for, those that are stored are found: not another tenant's, nor what is no id"(
    storage,
  ) {
    const stored = [await publish(storage), await publish(storage)];
    const asked = [...stored.map(({ id }) => id), newId("msg"), "msg_", "", "no id"].map((messageId) => ({
      tenantId: TENANT,
      messageId,
    }));
    const others = stored.map(({ id }) => ({ tenantId: OTHER_TENANT, messageId: id }));
    const found = await storage.messages.findStored({ messages: [...others, ...asked] });
    assert.deepEqual(new Set(found), new Set(stored.map(({ id }) => id)));
    assert.equal(found.length, stored.length);
    assert.deepEqual(await storage.messages.findStored({ messages: others }), []);
    assert.deepEqual(await storage.messages.findStored({ messages: [] }), []);
  },

  async "what a transaction published is stored from its commit on, and never after a rollback"(storage) {
    const publishIn = (handle: unknown) => publish(storage.bind(handle));
    const { id: committed } = await storage.transaction(publishIn);
    let rolledBack = "";
    await assert.rejects(
      storage.transaction(async (handle) => {
        rolledBack = (await publishIn(handle)).id;
        throw new Error("the host's own");
      }),
    );
    const messages = [committed, rolledBack].map((messageId) => ({ tenantId: TENANT, messageId }));
    assert.deepEqual(await storage.messages.findStored({ messages }), [committed]);
  },

  async "a message that isn't there is undefined"(storage) {
    assert.equal(await storage.messages.find({ tenantId: TENANT, messageId: newId("msg") }), undefined);
  },
});
