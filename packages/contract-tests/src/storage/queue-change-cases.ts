import assert from "node:assert/strict";
import type { MessageReference, QueueChanges, Storage } from "@tenon/core/ports";
import { newId, newMessage, OTHER_TENANT, TENANT } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

const ANY = { messages: undefined };
/** News that hasn't come by then never will. */
const LONGEST_WAIT_MS = 10_000;

export const queueChangeCases = about("queue changes", {
  async "what is told reaches every subscriber"(storage) {
    const [one, other] = [await subscribe(storage), await subscribe(storage)];
    await changesOf(storage).tell(ANY);
    await Promise.all([one.heard(), other.heard()]);
    await Promise.all([one.stop(), other.stop()]);
  },

  async "a subscriber hears every time anew"(storage) {
    const subscriber = await subscribe(storage);
    for (let time = 0; time < 3; time++) {
      const before = subscriber.count();
      await changesOf(storage).tell(ANY);
      await subscriber.heard(before);
    }
    await subscriber.stop();
  },

  async "nobody hears what was told before"(storage) {
    await changesOf(storage).tell(ANY);
    const late = await subscribe(storage);
    const witness = await subscribe(storage);
    assert.equal(late.count(), 0);
    await changesOf(storage).tell(ANY);
    await Promise.all([late.heard(), witness.heard()]);
    assert.equal(late.count(), witness.count());
    await Promise.all([late.stop(), witness.stop()]);
  },

  async "a subscriber that has stopped hears nothing, those that stay do, and stopping again is no mistake"(
    storage,
  ) {
    const [stopped, staying] = [await subscribe(storage), await subscribe(storage)];
    await stopped.stop();
    await stopped.stop();
    await changesOf(storage).tell(ANY);
    await staying.heard();
    assert.equal(stopped.count(), 0);
    await staying.stop();
    const later = await subscribe(storage);
    await changesOf(storage).tell(ANY);
    await later.heard();
    await later.stop();
  },

  async "who is told of messages hears which, and who is told of any, or of too many, hears that"(storage) {
    const subscriber = await subscribe(storage);
    // A tenant's text is its own: whatever is in it arrives.
    const messages = ["acme", 'a "tenant"', "\u{1f600}"].map((tenantId) => ({
      tenantId,
      messageId: newId("msg"),
    }));
    const many = Array.from({ length: 5_000 }, () => ({ tenantId: "acme", messageId: newId("msg") }));
    for (const asked of [messages, undefined, messages.slice(0, 1), many]) {
      const before = subscriber.count();
      await changesOf(storage).tell({ messages: asked });
      await subscriber.heard(before);
      const heard = subscriber.last();
      if (asked === many && heard === undefined) continue;
      assert.deepEqual(heard, asked);
    }
    await subscriber.stop();
  },

  async "where looking and telling are one step, messages are told of once the first is stored"(storage) {
    const { tellIfStored } = changesOf(storage);
    if (tellIfStored === undefined) return;
    const subscriber = await subscribe(storage);
    const stored = newMessage();
    const [reference, other] = [stored.id, newId("msg")].map((messageId) => ({
      tenantId: TENANT,
      messageId,
    }));
    assert.ok(reference && other);
    assert.equal(await tellIfStored({ messages: [reference, other] }), false);
    await storage.messages.publish({ messages: [stored] });
    assert.equal(await tellIfStored({ messages: [other, reference] }), false);
    assert.equal(await tellIfStored({ messages: [{ ...reference, tenantId: OTHER_TENANT }] }), false);
    assert.equal(await tellIfStored({ messages: [{ ...reference, messageId: "msg_none" }] }), false);
    assert.equal(await tellIfStored({ messages: [] }), false);
    assert.equal(await tellIfStored({ messages: [reference, other] }), true);
    await subscriber.heard();
    assert.deepEqual(subscriber.last(), [reference, other]);
    assert.equal(subscriber.count(), 1);
    await subscriber.stop();
  },

  async "telling in vain is no mistake"(storage) {
    await changesOf(storage).tell(ANY);
    await Promise.all([changesOf(storage).tell(ANY), changesOf(storage).tell(ANY)]);
  },
});

/** Counts what is told, and waits for it: news may take a moment. */
async function subscribe(storage: Storage) {
  let count = 0;
  let last: readonly MessageReference[] | undefined;
  let onHeard = () => {};
  const { subscribe: listen } = changesOf(storage);
  assert.ok(listen, "this contract is for storages that listen");
  const subscription = await listen({
    onQueueChanged(messages) {
      count += 1;
      last = messages;
      onHeard();
    },
    onLost: (error) => assert.fail(`the subscription was lost: ${String(error)}`),
  });
  return {
    count: () => count,
    last: () => last,
    /** Resolves once more has been heard than that. */
    heard: (before = 0) =>
      new Promise<void>((resolve, reject) => {
        if (count > before) return resolve();
        const timer = setTimeout(() => reject(new Error("nothing was ever heard")), LONGEST_WAIT_MS);
        onHeard = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    stop: () => subscription.stop(),
  };
}

function changesOf({ queueChanges }: Storage): QueueChanges {
  assert.ok(queueChanges, "this contract is for storages that tell of changes");
  return queueChanges;
}
