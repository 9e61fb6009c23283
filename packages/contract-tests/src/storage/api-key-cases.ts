import assert from "node:assert/strict";
import { race } from "../arrival-gate.js";
import { isConflict, readPages } from "./setup/expectations.js";
import {
  after,
  insertKey,
  newApiKey,
  newHash,
  newId,
  newLimit,
  OTHER_TENANT,
  TENANT,
} from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

export const apiKeyCases = about("api keys", {
  async "a key comes back field by field as it was inserted"(storage) {
    const key = newApiKey({
      name: "Прод — 🔑",
      ownerId: "user-7",
      scopes: ["posts:read", "posts:write"],
      limits: [newLimit(), newLimit({ name: "day", windowSeconds: 86_400, limit: 9, algorithm: "gcra" })],
      ipAllowlist: ["203.0.113.0/24", "2001:db8::/32"],
      metadata: { plan: "pro", nested: { list: [1, null, "two"], flag: false } },
      notBefore: after(60),
      expiresAt: after(86_400),
    });
    const inserted = await storage.apiKeys.insert({ key, now: after(0) });
    assert.deepEqual(inserted, {
      ...key,
      createdAt: after(0),
      disabledAt: undefined,
      revokedAt: undefined,
      rotatedAt: undefined,
      lastUsedAt: undefined,
      predecessorId: undefined,
      successorId: undefined,
    });
    assert.deepEqual(await storage.apiKeys.find({ tenantId: TENANT, keyId: key.id }), inserted);
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), inserted);
  },

  async "what a key doesn't have is undefined"(storage) {
    const { hash } = await insertKey(storage, { environment: undefined });
    const found = await storage.apiKeys.findByHash({ hash });
    assert.ok(found);
    const { environment, ownerId, notBefore, expiresAt, disabledAt, revokedAt } = found;
    const absent = [environment, ownerId, notBefore, expiresAt, disabledAt, revokedAt];
    assert.deepEqual(absent, Array(6).fill(undefined));
  },

  async "without an instant given, the storage's clock tells when a key was created"(storage) {
    const key = await storage.apiKeys.insert({ key: newApiKey() });
    assert.ok(key.createdAt instanceof Date && !Number.isNaN(key.createdAt.getTime()));
    const found = await storage.apiKeys.findByHash({ hash: key.hash });
    assert.deepEqual(found?.createdAt, key.createdAt);
  },

  async "changing the object that was inserted or returned doesn't change the key"(storage) {
    const key = newApiKey({ scopes: ["posts:read"] });
    const inserted = await storage.apiKeys.insert({ key, now: after(0) });
    tryToPush(key.scopes, "mine:too");
    tryToPush(inserted.scopes, "mine:as-well");
    const found = await storage.apiKeys.findByHash({ hash: key.hash });
    assert.deepEqual(found?.scopes, ["posts:read"]);
  },

  async "no key is found by an unknown hash, nor by a part of one"(storage) {
    const { hash } = await insertKey(storage);
    assert.equal(await storage.apiKeys.findByHash({ hash: newHash() }), undefined);
    assert.equal(await storage.apiKeys.findByHash({ hash: hash.slice(0, 32) }), undefined);
    assert.equal(await storage.apiKeys.findByHash({ hash: "" }), undefined);
  },

  async "tenants are told apart to the letter"(storage) {
    const tenants = ["acme", "Acme", "acme ", "acm%", "acm_", "a\\cme", "ацме", "a'cme", "x".repeat(128)];
    for (const tenantId of tenants) await insertKey(storage, { tenantId, name: tenantId });
    for (const tenantId of tenants) {
      const keys = await storage.apiKeys.list({ tenantId, limit: 10 });
      assert.deepEqual(
        keys.map((key) => [key.tenantId, key.name]),
        [[tenantId, tenantId]],
      );
    }
  },

  async "a hash that exists is a conflict, in every tenant, and the first key stays as it was"(storage) {
    const first = await insertKey(storage);
    for (const tenantId of [TENANT, OTHER_TENANT]) {
      const key = newApiKey({ tenantId, hash: first.hash });
      await assert.rejects(storage.apiKeys.insert({ key, now: after(1) }), isConflict);
      assert.equal(await storage.apiKeys.find({ tenantId, keyId: key.id }), undefined);
    }
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: first.hash }), first);
  },

  async "a transaction survives a hash conflict: what came before and after it commits"(storage) {
    const taken = await insertKey(storage);
    const [before, later] = [newApiKey(), newApiKey()];
    await storage.transaction(async (handle) => {
      const { apiKeys } = storage.bind(handle);
      await apiKeys.insert({ key: before, now: after(1) });
      const key = newApiKey({ hash: taken.hash });
      await assert.rejects(apiKeys.insert({ key, now: after(1) }), isConflict);
      await apiKeys.insert({ key: later, now: after(1) });
    });
    for (const { hash, id } of [before, later]) {
      assert.equal((await storage.apiKeys.findByHash({ hash }))?.id, id);
    }
  },

  async "eight callers insert one hash at once: exactly one wins, the others get a conflict"(storage) {
    const hash = newHash();
    const outcomes = await race(8, (index) =>
      storage.apiKeys.insert({ key: newApiKey({ hash, name: `caller ${index}` }), now: after(0) }).then(
        (key) => key.id,
        (error: unknown) => (isConflict(error) ? "conflict" : Promise.reject(error)),
      ),
    );
    const winners = outcomes.filter((outcome) => outcome !== "conflict");
    assert.equal(winners.length, 1);
    assert.equal((await storage.apiKeys.findByHash({ hash }))?.id, winners[0]);
  },

  async "keys are listed newest first, in pages that miss and repeat none"(storage) {
    const ids: string[] = [];
    for (let second = 0; second < 7; second++)
      ids.unshift((await insertKey(storage, { at: after(second) })).id);
    const pages = await readPages(3, (page) => storage.apiKeys.list({ tenantId: TENANT, ...page }));
    assert.deepEqual(
      pages.map((page) => page.length),
      [3, 3, 1],
    );
    assert.deepEqual(
      pages.flat().map((key) => key.id),
      ids,
    );
  },

  async "a list holds keys in every status, as find gives them"(storage) {
    const live = await insertKey(storage, { at: after(0) });
    const { id: keyId } = await insertKey(storage, { at: after(1) });
    const revoked = await storage.apiKeys.revoke({ tenantId: TENANT, keyId, now: after(2) });
    const expired = await insertKey(storage, { at: after(3), expiresAt: after(4) });
    const listed = await storage.apiKeys.list({ tenantId: TENANT, limit: 10 });
    assert.deepEqual(listed, [expired, revoked, live]);
  },

  async "a revoked key is seen revoked by every lookup that follows"(storage) {
    const key = await insertKey(storage);
    const revoked = await storage.apiKeys.revoke({ tenantId: TENANT, keyId: key.id, now: after(5) });
    assert.deepEqual(revoked, { ...key, revokedAt: after(5) });
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), revoked);
    assert.deepEqual(await storage.apiKeys.find({ tenantId: TENANT, keyId: key.id }), revoked);
  },

  async "revoking twice keeps the first instant"(storage) {
    const { id: keyId } = await insertKey(storage);
    const first = await storage.apiKeys.revoke({ tenantId: TENANT, keyId, now: after(5) });
    const second = await storage.apiKeys.revoke({ tenantId: TENANT, keyId, now: after(9) });
    assert.deepEqual(second, first);
    assert.deepEqual(second?.revokedAt, after(5));
  },

  async "eight callers revoke one key at once: all are told the same instant"(storage) {
    const { id: keyId } = await insertKey(storage);
    const answers = await race(8, (index) =>
      storage.apiKeys.revoke({ tenantId: TENANT, keyId, now: after(index) }),
    );
    const stored = await storage.apiKeys.find({ tenantId: TENANT, keyId });
    assert.ok(stored?.revokedAt);
    for (const answer of answers) assert.deepEqual(answer, stored);
  },

  async "revoking a key that isn't there answers undefined"(storage) {
    const keyId = newId("key");
    assert.equal(await storage.apiKeys.revoke({ tenantId: TENANT, keyId, now: after(0) }), undefined);
  },
});

/** As a careless caller would: a storage may freeze what it hands out, or copy it. */
function tryToPush(list: readonly string[], text: string): void {
  if (!Object.isFrozen(list)) (list as string[]).push(text);
}
