import assert from "node:assert/strict";
import { race } from "../arrival-gate.js";
import { isConflict } from "./setup/expectations.js";
import { after, insertKey, newApiKey, newHash, newId, newLimit, TENANT } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

export const apiKeyBulkCases = about("many api keys", {
  async "they come back in the order given, each as if inserted alone"(storage) {
    const keys = Array.from({ length: 20 }, (_, index) =>
      newApiKey({
        name: `key ${index}`,
        at: after((index * 7) % 20),
        environment: index % 2 === 0 ? undefined : "live",
        limits: index % 3 === 0 ? [newLimit()] : [],
        metadata: { index },
        expiresAt: index % 4 === 0 ? after(3600) : undefined,
      }),
    );
    const inserted = await storage.apiKeys.insertMany({ tenantId: TENANT, keys, now: after(0) });
    assert.deepEqual(
      inserted.map(({ id }) => id),
      keys.map(({ id }) => id),
    );
    for (const [index, key] of keys.entries()) {
      assert.deepEqual({ ...inserted[index], ...key }, inserted[index]);
      assert.deepEqual(inserted[index]?.createdAt, after(0));
      assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), inserted[index]);
    }
    assert.deepEqual(await storage.apiKeys.insertMany({ tenantId: TENANT, keys: [], now: after(0) }), []);
  },

  async "one hash that exists, or stands there twice: none of them is stored"(storage) {
    const taken = await insertKey(storage);
    const twice = newHash();
    for (const hashes of [
      [newHash(), taken.hash, newHash()],
      [twice, newHash(), twice],
    ]) {
      const keys = hashes.map((hash) => newApiKey({ hash }));
      const insertion = storage.apiKeys.insertMany({ tenantId: TENANT, keys, now: after(1) });
      await assert.rejects(insertion, isConflict);
    }
    assert.deepEqual(await storage.apiKeys.list({ tenantId: TENANT, limit: 9 }), [taken]);
  },

  async "a transaction survives a conflict: of the keys refused none is stored, and what follows commits"(
    storage,
  ) {
    const taken = await insertKey(storage);
    const later = newApiKey();
    await storage.transaction(async (handle) => {
      const { apiKeys } = storage.bind(handle);
      const keys = [newApiKey(), newApiKey({ hash: taken.hash })];
      await assert.rejects(apiKeys.insertMany({ tenantId: TENANT, keys, now: after(1) }), isConflict);
      await apiKeys.insert({ key: later, now: after(1) });
    });
    const listed = await storage.apiKeys.list({ tenantId: TENANT, limit: 9 });
    assert.deepEqual(listed.map(({ id }) => id).toSorted(), [taken.id, later.id].toSorted());
  },

  async "six callers insert the same keys in different orders: one wins with all of them"(storage) {
    const hashes = Array.from({ length: 6 }, newHash);
    const outcomes = await race(6, (index) => {
      const turned = [...hashes.slice(index), ...hashes.slice(0, index)];
      const keys = turned.map((hash) => newApiKey({ hash, name: `caller ${index}` }));
      return storage.apiKeys.insertMany({ tenantId: TENANT, keys, now: after(0) }).then(
        (stored) => stored.map(({ name }) => name),
        (error: unknown) => (isConflict(error) ? [] : Promise.reject(error)),
      );
    });
    const stored = await storage.apiKeys.list({ tenantId: TENANT, limit: 50 });
    assert.equal(outcomes.filter((names) => names.length > 0).length, 1);
    assert.deepEqual(stored.map(({ name }) => name).toSorted(), outcomes.flat().toSorted());
    assert.equal(stored.length, 6);
  },

  async "revoked by id: every one the tenant has is returned, and those revoked before keep their instant"(
    storage,
  ) {
    const keys = [await insertKey(storage), await insertKey(storage), await insertKey(storage)];
    const [first, second, untouched] = keys;
    assert.ok(first && second && untouched);
    await storage.apiKeys.revoke({ tenantId: TENANT, keyId: first.id, now: after(5) });
    const revoked = await storage.apiKeys.revokeMany({
      tenantId: TENANT,
      keyIds: [first.id, second.id, first.id, newId("key"), "no id"],
      now: after(9),
    });
    const instants = revoked.map(({ id, revokedAt }) => [id, revokedAt?.toISOString()]);
    assert.deepEqual(
      new Map(instants as [string, string][]),
      new Map([
        [first.id, after(5).toISOString()],
        [second.id, after(9).toISOString()],
      ]),
    );
    assert.equal(revoked.length, 2);
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: untouched.hash }), untouched);
  },

  async "revoked by owner: at most the limit at a time, until none is left, and nobody else's"(storage) {
    for (let count = 0; count < 5; count++) await insertKey(storage, { ownerId: "user-7", at: after(count) });
    const other = await insertKey(storage, { ownerId: "user-8", at: after(6) });
    const request = { tenantId: TENANT, ownerId: "user-7", limit: 3, now: after(9) };
    const [first, second, third] = [
      await storage.apiKeys.revokeMany(request),
      await storage.apiKeys.revokeMany(request),
      await storage.apiKeys.revokeMany(request),
    ];
    assert.deepEqual([first.length, second.length, third], [3, 2, []]);
    const revoked = [...first, ...second];
    assert.equal(new Set(revoked.map(({ id }) => id)).size, 5);
    for (const { revokedAt } of revoked) assert.deepEqual(revokedAt, after(9));
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: other.hash }), other);
  },
});
