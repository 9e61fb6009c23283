import assert from "node:assert/strict";
import type { NewMessage } from "@tenon/core/ports";
import { matchesChannels, matchesEventType } from "@tenon/core/webhooks";
import { readPages } from "./setup/expectations.js";
import { after, insertEndpoint, newId, newMessage, OTHER_TENANT, publish, TENANT } from "./setup/fixtures.js";
import { endpointsOf } from "./setup/publishing.js";
import { only } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

export const fanOutCases = about("fan-out", {
  async "an endpoint gets the event types it asked for: exact, post.*, or *"(storage) {
    const filters = [["post.published"], ["post.*"], ["*"], ["user.created", "post.comment.*"], ["post"]];
    const types = ["post", "post.published", "post.comment.created", "posts.published", "user.created"];
    const asked: { readonly id: string; readonly eventTypes: readonly string[] }[] = [];
    for (const eventTypes of filters)
      asked.push({ id: (await insertEndpoint(storage, { eventTypes })).id, eventTypes });
    for (const type of types) {
      const expected = asked.filter(({ eventTypes }) => matchesEventType(eventTypes, type));
      const { id } = await publish(storage, { type });
      assert.deepEqual(await endpointsOf(storage, id), expected.map((endpoint) => endpoint.id).sort(), type);
    }
  },

  async "published with others, a message reaches the endpoints that it reaches alone"(storage) {
    const odd = ['say "hi"', "back\\slash", "{a,b}", "NULL", "", " ", "ünï"];
    const filters = [["post.*"], ["*"], ["user.created"], ["post.published", "user.*"]];
    for (const eventTypes of filters) await insertEndpoint(storage, { eventTypes });
    for (const channel of odd) await insertEndpoint(storage, { channels: [channel, "eu"] });
    const { id: endpointId } = await insertEndpoint(storage, { eventTypes: ["user.*"], channels: ["eu"] });
    const asked: Partial<NewMessage>[] = [
      ...["post", "post.published", "post.comment.created", "user.created"].map((type) => ({ type })),
      ...odd.map((channel) => ({ channels: [channel] })),
      { channels: odd },
      { type: "user.created", channels: ["eu"], endpointId },
      { type: "post.published", channels: ["eu"], endpointId },
      { type: "user.created", endpointId: "ep_nobody" },
    ];
    const together = asked.map((message) => newMessage(message));
    const outcomes = await storage.messages.publish({ messages: together, now: after(1) });
    for (const [index, message] of asked.entries()) {
      const alone = newMessage(message);
      const [outcome] = await storage.messages.publish({ messages: [alone], now: after(2) });
      const place = JSON.stringify(message);
      assert.deepEqual(
        await endpointsOf(storage, together[index]?.id ?? ""),
        await endpointsOf(storage, alone.id),
        place,
      );
      assert.equal(outcomes[index]?.deliveryCount, outcome?.deliveryCount, place);
    }
  },

  async "deliveries of messages of one millisecond are listed in the order of the messages' ids"(storage) {
    for (let count = 0; count < 3; count++) await insertEndpoint(storage);
    const ids = Array.from({ length: 20 }, () => newId("msg", after(5))).sort();
    await storage.messages.publish({ messages: ids.map((id) => newMessage({ id })), now: after(5) });
    const pages = await readPages(7, (page) =>
      storage.deliveries.list({ tenantId: TENANT, ...page, now: after(5) }),
    );
    assert.deepEqual(
      pages.flat().map(({ messageId }) => messageId),
      ids.toReversed().flatMap((id) => [id, id, id]),
    );
  },

  async "an endpoint with channels gets only messages that carry one of them"(storage) {
    const asked: { readonly id: string; readonly channels: readonly string[] }[] = [];
    for (const channels of [[], ["eu"], ["eu", "us"], ["EU"]]) {
      asked.push({ id: (await insertEndpoint(storage, { channels })).id, channels });
    }
    for (const channels of [[], ["eu"], ["us", "asia"], ["asia"]]) {
      const expected = asked.filter((endpoint) => matchesChannels(endpoint.channels, channels));
      const { id } = await publish(storage, { channels });
      assert.deepEqual(await endpointsOf(storage, id), expected.map((endpoint) => endpoint.id).sort());
    }
  },

  async "a message addressed to an endpoint goes to that one alone, and only if its filter admits it"(
    storage,
  ) {
    const addressed = await insertEndpoint(storage, { eventTypes: ["post.*"] });
    await insertEndpoint(storage);
    const foreign = await insertEndpoint(storage, { tenantId: OTHER_TENANT });
    const matching = await publish(storage, { endpointId: addressed.id });
    assert.deepEqual(await endpointsOf(storage, matching.id), [addressed.id]);
    const filtered = await publish(storage, { endpointId: addressed.id, type: "user.created" });
    assert.deepEqual(await endpointsOf(storage, filtered.id), []);
    const abroad = await publish(storage, { endpointId: foreign.id });
    assert.deepEqual(await endpointsOf(storage, abroad.id), []);
  },

  async "while an endpoint is disabled, hold makes a held delivery and skip makes none"(storage) {
    const hold = await insertEndpoint(storage, { whileDisabled: "hold" });
    const skip = await insertEndpoint(storage, { whileDisabled: "skip" });
    for (const { id: endpointId } of [hold, skip]) {
      await storage.endpoints.disable({ tenantId: TENANT, endpointId, reason: "manual", now: after(1) });
    }
    const { id: messageId } = await publish(storage, { at: after(2) });
    const deliveries = await storage.deliveries.list({
      tenantId: TENANT,
      messageId,
      limit: 9,
      now: after(2),
    });
    assert.deepEqual(
      deliveries.map(({ endpointId, state }) => ({ endpointId, state })),
      [{ endpointId: hold.id, state: "held" }],
    );
  },

  async "a message that no endpoint wants is stored all the same"(storage) {
    await insertEndpoint(storage, { eventTypes: ["user.created"] });
    await insertEndpoint(storage, { tenantId: OTHER_TENANT });
    const message = newMessage();
    const outcome = only(await storage.messages.publish({ messages: [message], now: after(0) }), "outcomes");
    assert.equal(outcome.deliveryCount, 0);
    assert.deepEqual(
      await storage.messages.find({ tenantId: TENANT, messageId: message.id }),
      outcome.message,
    );
    assert.deepEqual(await endpointsOf(storage, message.id), []);
  },

  async "one publish reaches hundreds of endpoints, each once"(storage) {
    const ids: string[] = [];
    for (let count = 0; count < 200; count++) ids.push((await insertEndpoint(storage)).id);
    const message = newMessage();
    const outcome = only(await storage.messages.publish({ messages: [message], now: after(0) }), "outcomes");
    assert.equal(outcome.deliveryCount, 200);
    assert.deepEqual(await endpointsOf(storage, message.id), ids.sort());
  },
});
