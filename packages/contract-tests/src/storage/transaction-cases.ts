import assert from "node:assert/strict";
import { race } from "../arrival-gate.js";
import {
  after,
  insertEndpoint,
  insertKey,
  newApiKey,
  newLimit,
  newMessage,
  publish,
  TENANT,
} from "./setup/fixtures.js";
import { claim, claimAll, claimOne, getDelivery, settle } from "./setup/queue-steps.js";
import { rollBack } from "./setup/roll-back.js";
import { about } from "./setup/storage-case.js";

export const transactionCases = about("transactions", {
  async "what is done in a transaction is there once it commits, and its value is returned"(storage) {
    const value = await storage.transaction(async (handle) => {
      const bound = storage.bind(handle);
      const key = await insertKey(bound);
      const endpoint = await insertEndpoint(bound);
      const message = await publish(bound);
      return { key, endpoint, message };
    });
    const { key, endpoint, message } = value;
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), key);
    assert.deepEqual(await storage.endpoints.find({ tenantId: TENANT, endpointId: endpoint.id }), endpoint);
    assert.deepEqual(await storage.messages.find({ tenantId: TENANT, messageId: message.id }), message);
    assert.equal((await claimOne(storage, { now: after(1) })).messageId, message.id);
  },

  async "a transaction that fails rejects with the very error, and leaves nothing inserted"(storage) {
    const failure = new Error("the host's own");
    const [key, message] = [newApiKey(), newMessage()];
    const failed = storage.transaction(async (handle) => {
      const bound = storage.bind(handle);
      await insertEndpoint(bound);
      await bound.apiKeys.insert({ key, now: after(0) });
      await bound.messages.publish({ messages: [message], now: after(0) });
      throw failure;
    });
    await assert.rejects(failed, (error) => error === failure);
    assert.equal(await storage.apiKeys.findByHash({ hash: key.hash }), undefined);
    assert.equal(await storage.messages.find({ tenantId: TENANT, messageId: message.id }), undefined);
    assert.deepEqual(await storage.endpoints.list({ tenantId: TENANT, limit: 9 }), []);
    assert.deepEqual(await storage.deliveries.list({ tenantId: TENANT, limit: 9, now: after(0) }), []);
    assert.deepEqual(await claimAll(storage, { now: after(1) }), []);
  },

  async "a transaction that fails leaves every change undone"(storage) {
    const key = await insertKey(storage);
    const endpoint = await insertEndpoint(storage);
    await publish(storage);
    const claimed = await claimOne(storage, { now: after(1) });
    const before = await getDelivery(storage, claimed.deliveryId, after(2));
    await rollBack(storage, async (bound) => {
      await bound.apiKeys.revoke({ tenantId: TENANT, keyId: key.id, now: after(2) });
      const request = { tenantId: TENANT, endpointId: endpoint.id };
      await bound.endpoints.disable({ ...request, reason: "manual", now: after(2) });
      assert.equal(await settle(bound, claimed, { kind: "succeeded" }, after(2)), true);
    });
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), key);
    assert.deepEqual(await storage.endpoints.find({ tenantId: TENANT, endpointId: endpoint.id }), endpoint);
    assert.deepEqual(await getDelivery(storage, claimed.deliveryId, after(2)), before);
    assert.equal(await settle(storage, claimed, { kind: "succeeded" }, after(3)), true);
  },

  async "a claim that rolls back leaves its deliveries to others"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    await rollBack(storage, async (bound) => {
      assert.equal((await claim(bound, { now: after(1) })).deliveries.length, 1);
    });
    await claimOne(storage, { now: after(1) });
  },

  async "a rate limit charged in a transaction that rolls back is given back"(storage) {
    const charges = [{ subject: "key:1", cost: 1, limits: [newLimit({ limit: 1 })] }];
    const request = { charges, now: after(0) };
    await rollBack(storage, async (bound) => {
      assert.equal((await bound.rateLimits.consume(request)).allowed, true);
    });
    assert.equal((await storage.rateLimits.consume(request)).allowed, true);
    assert.equal((await storage.rateLimits.consume(request)).allowed, false);
  },

  async "a transaction reads its own writes"(storage) {
    const { id: keyId, hash } = await insertKey(storage);
    await storage.transaction(async (handle) => {
      const bound = storage.bind(handle);
      const revoked = await bound.apiKeys.revoke({ tenantId: TENANT, keyId, now: after(1) });
      assert.deepEqual(await bound.apiKeys.findByHash({ hash }), revoked);
      const endpoints = [];
      for (let second = 0; second < 3; second++)
        endpoints.unshift(await insertEndpoint(bound, { at: after(second) }));
      assert.deepEqual(await bound.endpoints.list({ tenantId: TENANT, limit: 9 }), endpoints);
      const { id: messageId } = await publish(bound);
      const deliveries = await bound.deliveries.list({
        tenantId: TENANT,
        messageId,
        limit: 9,
        now: after(1),
      });
      assert.equal(deliveries.length, 3);
    });
  },

  async "readers outside don't see what is rolled back later"(storage) {
    const key = await insertKey(storage);
    const added = newApiKey();
    const { outside } = await rollBack(storage, async (bound) => {
      await bound.apiKeys.revoke({ tenantId: TENANT, keyId: key.id, now: after(1) });
      await bound.apiKeys.insert({ key: added, now: after(1) });
      await insertEndpoint(bound);
      const message = await publish(bound);
      // Not awaited here: a storage with one connection answers only once the transaction has ended.
      const outside = Promise.all([
        storage.apiKeys.findByHash({ hash: key.hash }),
        storage.apiKeys.findByHash({ hash: added.hash }),
        storage.endpoints.list({ tenantId: TENANT, limit: 9 }),
        storage.messages.find({ tenantId: TENANT, messageId: message.id }),
        storage.deliveries.list({ tenantId: TENANT, limit: 9, now: after(1) }),
      ]);
      // Reads of its own keep the transaction open while the readers outside are at work.
      for (let count = 0; count < 5; count++) await bound.apiKeys.findByHash({ hash: key.hash });
      return { outside };
    });
    assert.deepEqual(await outside, [key, undefined, [], undefined, []]);
  },

  async "a runner doesn't claim what an open transaction published and rolls back"(storage) {
    await insertEndpoint(storage);
    const { outside } = await rollBack(storage, async (bound) => {
      await publish(bound);
      const outside = claim(storage, { now: after(1) });
      for (let count = 0; count < 5; count++) await bound.messages.list({ tenantId: TENANT, limit: 9 });
      return { outside };
    });
    assert.deepEqual((await outside).deliveries, []);
    assert.deepEqual(await claimAll(storage, { now: after(1) }), []);
  },

  async "transactions at once all commit, or fail alone"(storage) {
    const keys = Array.from({ length: 8 }, () => newApiKey());
    const outcomes = await race(8, (index) =>
      storage
        .transaction(async (handle) => {
          const key = keys[index] ?? newApiKey();
          await storage.bind(handle).apiKeys.insert({ key, now: after(0) });
          if (index % 2 === 1) throw new Error("roll back");
        })
        .then(
          () => "committed",
          () => "rolled back",
        ),
    );
    for (const [index, key] of keys.entries()) {
      const isThere = (await storage.apiKeys.findByHash({ hash: key.hash })) !== undefined;
      const expected = index % 2 === 0 ? ["committed", true] : ["rolled back", false];
      assert.deepEqual([outcomes[index], isThere], expected);
    }
  },
});
