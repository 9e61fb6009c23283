import assert from "node:assert/strict";
import type { NewApiKey, Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { isConflict, isOverCap } from "./setup/expectations.js";
import { after, insertKey, newApiKey, OTHER_TENANT, TENANT } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

const NOW = after(100);

function insertCapped(
  { apiKeys }: Pick<Storage, "apiKeys">,
  maxLiveKeys: number,
  key: Partial<NewApiKey> = {},
) {
  return apiKeys.insert({ key: newApiKey(key), maxLiveKeys, now: NOW });
}

export const apiKeyCapCases = about("a cap on api keys", {
  async "is reached by keys that are neither revoked nor expired, of this tenant alone"(storage) {
    const { id: keyId } = await insertKey(storage);
    await storage.apiKeys.revoke({ tenantId: TENANT, keyId, now: after(5) });
    await insertKey(storage, { expiresAt: NOW });
    await insertKey(storage, { tenantId: OTHER_TENANT });
    const disabled = await insertCapped(storage, 2);
    await storage.apiKeys.disable({ tenantId: TENANT, keyId: disabled.id, now: NOW });
    const second = await insertCapped(storage, 2, { notBefore: after(200) });
    await assert.rejects(insertCapped(storage, 2), isOverCap);
    await storage.apiKeys.revoke({ tenantId: TENANT, keyId: second.id, now: NOW });
    await insertCapped(storage, 2);
  },

  async "many keys that don't all fit: none is stored"(storage) {
    await insertKey(storage);
    const many = (count: number) =>
      storage.apiKeys.insertMany({
        tenantId: TENANT,
        keys: Array.from({ length: count }, () => newApiKey()),
        maxLiveKeys: 4,
        now: NOW,
      });
    await assert.rejects(many(4), isOverCap);
    assert.equal((await storage.apiKeys.list({ tenantId: TENANT, limit: 9 })).length, 1);
    assert.equal((await many(3)).length, 3);
    await assert.rejects(many(1), isOverCap);
  },

  async "a hash that exists is a conflict still, while there is room"(storage) {
    const { hash } = await insertKey(storage);
    await assert.rejects(insertCapped(storage, 2, { hash }), isConflict);
  },

  async "twelve callers at once with room for five: exactly five get a key"(storage) {
    const outcomes = await race(12, () =>
      insertCapped(storage, 5).then(
        () => "stored",
        (error: unknown) => (isOverCap(error) ? "refused" : Promise.reject(error)),
      ),
    );
    assert.equal(outcomes.filter((outcome) => outcome === "stored").length, 5);
    assert.equal((await storage.apiKeys.list({ tenantId: TENANT, limit: 50 })).length, 5);
  },

  async "holds for callers that wait for an open transaction, and a refusal doesn't spoil one"(storage) {
    let waiting: Promise<unknown> = Promise.resolve();
    await storage.transaction(async (handle) => {
      const bound = storage.bind(handle);
      await insertCapped(bound, 1);
      waiting = insertCapped(storage, 1).then(
        () => "stored",
        (error: unknown) => (isOverCap(error) ? "refused" : Promise.reject(error)),
      );
      await assert.rejects(insertCapped(bound, 1), isOverCap);
      await bound.apiKeys.insert({ key: newApiKey({ tenantId: OTHER_TENANT }), now: NOW });
    });
    assert.equal(await waiting, "refused");
    assert.equal((await storage.apiKeys.list({ tenantId: TENANT, limit: 9 })).length, 1);
    assert.equal((await storage.apiKeys.list({ tenantId: OTHER_TENANT, limit: 9 })).length, 1);
  },
});
