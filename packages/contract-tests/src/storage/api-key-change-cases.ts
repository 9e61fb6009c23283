import assert from "node:assert/strict";
import { race } from "../arrival-gate.js";
import { after, insertKey, newId, newLimit, TENANT } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

export const apiKeyChangeCases = about("changing api keys", {
  async "what is given changes, and every lookup that follows sees it"(storage) {
    const key = await insertKey(storage, { ownerId: "user-7", expiresAt: after(60) });
    const changes = {
      name: "Renamed — 🔑",
      ownerId: "user-8",
      scopes: ["posts:write"],
      limits: [newLimit({ name: "day" })],
      ipAllowlist: ["2001:db8::/32"],
      metadata: { plan: { name: "pro" } },
      notBefore: after(5),
      expiresAt: after(90),
    };
    const changed = await storage.apiKeys.update({ tenantId: TENANT, keyId: key.id, changes });
    assert.deepEqual(changed, { ...key, ...changes });
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), changed);
    assert.deepEqual(await storage.apiKeys.find({ tenantId: TENANT, keyId: key.id }), changed);
  },

  async "a record that was read stays what it was, whatever happens to the key"(storage) {
    const { id: keyId, hash } = await insertKey(storage);
    const read = await storage.apiKeys.findByHash({ hash });
    const copy = structuredClone(read);
    await storage.apiKeys.update({ tenantId: TENANT, keyId, changes: { scopes: ["posts:write"] } });
    await storage.apiKeys.revoke({ tenantId: TENANT, keyId, now: after(5) });
    assert.deepEqual(read, copy);
    assert.notEqual(await storage.apiKeys.findByHash({ hash }), read);
  },

  async "what isn't given stays, and null clears"(storage) {
    const key = await insertKey(storage, {
      ownerId: "user-7",
      notBefore: after(1),
      expiresAt: after(60),
      metadata: { plan: "pro" },
    });
    const one = { tenantId: TENANT, keyId: key.id };
    assert.deepEqual(await storage.apiKeys.update({ ...one, changes: {} }), key);
    const renamed = await storage.apiKeys.update({ ...one, changes: { name: "Renamed" } });
    assert.deepEqual(renamed, { ...key, name: "Renamed" });
    const cleared = await storage.apiKeys.update({
      ...one,
      changes: { ownerId: null, notBefore: null, expiresAt: null },
    });
    const nothing = { ownerId: undefined, notBefore: undefined, expiresAt: undefined };
    assert.deepEqual(cleared, { ...key, ...nothing, name: "Renamed" });
  },

  async "a revoked key is returned as it is, and stays so"(storage) {
    const { id: keyId, hash } = await insertKey(storage);
    const revoked = await storage.apiKeys.revoke({ tenantId: TENANT, keyId, now: after(5) });
    const changes = { name: "Renamed", expiresAt: after(60) };
    assert.deepEqual(await storage.apiKeys.update({ tenantId: TENANT, keyId, changes }), revoked);
    assert.deepEqual(await storage.apiKeys.findByHash({ hash }), revoked);
  },

  async "two callers change different settings at once: both changes stay"(storage) {
    const { id: keyId } = await insertKey(storage);
    const changes = [{ name: "Renamed" }, { scopes: ["posts:write"] }, { ownerId: "user-8" }] as const;
    await race(changes.length, async (index) =>
      storage.apiKeys.update({ tenantId: TENANT, keyId, changes: changes[index] ?? {} }),
    );
    const { name, scopes, ownerId } = (await storage.apiKeys.find({ tenantId: TENANT, keyId })) ?? {};
    assert.deepEqual([name, scopes, ownerId], ["Renamed", ["posts:write"], "user-8"]);
  },

  async "a disabled key is seen disabled by every lookup that follows, and enabling takes it back"(storage) {
    const key = await insertKey(storage);
    const one = { tenantId: TENANT, keyId: key.id };
    const disabled = await storage.apiKeys.disable({ ...one, now: after(5) });
    assert.deepEqual(disabled, { ...key, disabledAt: after(5) });
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), disabled);
    assert.deepEqual(await storage.apiKeys.enable(one), key);
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), key);
    assert.deepEqual(await storage.apiKeys.enable(one), key);
  },

  async "disabling twice keeps the first instant, and revoking isn't undone by enabling"(storage) {
    const { id: keyId } = await insertKey(storage);
    const one = { tenantId: TENANT, keyId };
    await storage.apiKeys.disable({ ...one, now: after(5) });
    const again = await storage.apiKeys.disable({ ...one, now: after(9) });
    assert.deepEqual(again?.disabledAt, after(5));
    await storage.apiKeys.revoke({ ...one, now: after(10) });
    assert.deepEqual((await storage.apiKeys.enable(one))?.revokedAt, after(10));
  },

  async "a key that isn't there answers undefined"(storage) {
    const one = { tenantId: TENANT, keyId: newId("key") };
    assert.equal(await storage.apiKeys.update({ ...one, changes: { name: "Renamed" } }), undefined);
    assert.equal(await storage.apiKeys.disable({ ...one, now: after(0) }), undefined);
    assert.equal(await storage.apiKeys.enable(one), undefined);
    assert.equal(await storage.apiKeys.enable({ tenantId: TENANT, keyId: "no such key" }), undefined);
  },
});
