import assert from "node:assert/strict";
import { race } from "../arrival-gate.js";
import {
  after,
  insertEndpoint,
  newHash,
  newMessage,
  OTHER_TENANT,
  publish,
  TENANT,
} from "./setup/fixtures.js";
import { endpointsOf, publishOutcome } from "./setup/publishing.js";
import { only } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

export const idempotencyCases = about("idempotency keys", {
  async "outcomes come in the order of the messages, each with its own deliveries"(storage) {
    await insertEndpoint(storage, { eventTypes: ["post.*"] });
    await insertEndpoint(storage);
    const earlier = await publish(storage, { idempotencyKey: "b", requestHash: newHash() });
    const messages = [
      newMessage({ type: "user.created", idempotencyKey: "c", requestHash: newHash() }),
      newMessage({ idempotencyKey: "b", requestHash: newHash() }),
      newMessage({ type: "post.deleted" }),
      newMessage({ idempotencyKey: "a", requestHash: newHash() }),
    ];
    const outcomes = await storage.messages.publish({ messages, now: after(1) });
    assert.deepEqual(
      outcomes.map(({ message, duplicate, deliveryCount }) => [message.id, duplicate, deliveryCount]),
      [
        [messages[0]?.id, false, 1],
        [earlier.id, true, 0],
        [messages[2]?.id, false, 2],
        [messages[3]?.id, false, 2],
      ],
    );
  },

  async "a taken idempotency key gives the earlier message, and nothing is written"(storage) {
    await insertEndpoint(storage);
    const first = await publish(storage, { idempotencyKey: "order-1", requestHash: newHash() });
    const again = newMessage({ idempotencyKey: "order-1", requestHash: newHash(), payload: "{}" });
    const outcome = only(await storage.messages.publish({ messages: [again], now: after(60) }), "outcomes");
    assert.deepEqual(outcome, { message: first, duplicate: true, deliveryCount: 0 });
    assert.equal(await storage.messages.find({ tenantId: TENANT, messageId: again.id }), undefined);
    assert.equal((await storage.deliveries.list({ tenantId: TENANT, limit: 9, now: after(60) })).length, 1);
  },

  async "an idempotency key is the tenant's own, and told apart to the letter"(storage) {
    const requests = [
      { idempotencyKey: "order-1" },
      { idempotencyKey: "Order-1" },
      { idempotencyKey: "order-1 " },
      { idempotencyKey: "order-1", tenantId: OTHER_TENANT },
    ];
    for (const request of requests) {
      const message = newMessage({ ...request, requestHash: newHash() });
      assert.equal((await publishOutcome(storage, message)).duplicate, false, JSON.stringify(request));
    }
  },

  async "eight callers publish one idempotency key at once: one stores, the others get its message"(storage) {
    await insertEndpoint(storage);
    const requestHash = newHash();
    const outcomes = await race(8, () =>
      publishOutcome(storage, newMessage({ idempotencyKey: "order-1", requestHash })),
    );
    const stored = only(await storage.messages.list({ tenantId: TENANT, limit: 9 }), "stored messages");
    for (const outcome of outcomes) assert.deepEqual(outcome.message, stored);
    assert.equal(outcomes.filter((outcome) => !outcome.duplicate).length, 1);
    assert.deepEqual((await endpointsOf(storage, stored.id)).length, 1);
  },

  async "publishing a key that an open transaction took waits for it: a duplicate once that commits"(
    storage,
  ) {
    const request = { idempotencyKey: "order-1", requestHash: newHash() };
    const first = newMessage(request);
    const waiting = await storage.transaction(async (handle) => {
      await storage.bind(handle).messages.publish({ messages: [first], now: after(0) });
      return { outcome: publishOutcome(storage, newMessage(request)) };
    });
    const outcome = await waiting.outcome;
    assert.deepEqual([outcome.duplicate, outcome.message.id], [true, first.id]);
  },

  async "publishing a key that an open transaction took waits for it: published once that rolls back"(
    storage,
  ) {
    const request = { idempotencyKey: "order-1", requestHash: newHash() };
    const second = newMessage(request);
    let waiting: ReturnType<typeof publishOutcome> | undefined;
    const rolledBack = storage.transaction(async (handle) => {
      await storage.bind(handle).messages.publish({ messages: [newMessage(request)], now: after(0) });
      waiting = publishOutcome(storage, second);
      throw new Error("roll back");
    });
    await assert.rejects(rolledBack, /roll back/);
    const outcome = await waiting;
    assert.deepEqual([outcome?.duplicate, outcome?.message.id], [false, second.id]);
  },
});
