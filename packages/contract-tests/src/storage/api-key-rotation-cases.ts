import assert from "node:assert/strict";
import { race } from "../arrival-gate.js";
import { after, insertKey, newId, newLimit, newSuccessor, TENANT } from "./setup/fixtures.js";
import { rollBack } from "./setup/roll-back.js";
import { about } from "./setup/storage-case.js";

const AT = after(100);

export const apiKeyRotationCases = about("rotating an api key", {
  async "the successor has every setting of the key, and the two name each other"(storage) {
    const key = await insertKey(storage, {
      ownerId: "user-7",
      scopes: ["posts:read"],
      limits: [newLimit()],
      ipAllowlist: ["203.0.113.0/24"],
      metadata: { plan: "pro" },
      notBefore: after(1),
      expiresAt: after(86_400),
    });
    const successor = newSuccessor({ environment: "test" });
    const rotated = await storage.apiKeys.rotate({
      tenantId: TENANT,
      keyId: key.id,
      successor,
      graceSeconds: 60,
      now: AT,
    });
    assert.deepEqual(rotated, {
      predecessor: { ...key, rotatedAt: AT, successorId: successor.id, expiresAt: after(160) },
      successor: { ...key, ...successor, createdAt: AT, predecessorId: key.id },
    });
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), rotated?.predecessor);
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: successor.hash }), rotated?.successor);
  },

  async "a key that expires before its grace is over expires as it would have"(storage) {
    const { id: keyId } = await insertKey(storage, { expiresAt: after(130) });
    const rotated = await storage.apiKeys.rotate({
      tenantId: TENANT,
      keyId,
      successor: newSuccessor(),
      graceSeconds: 60,
      now: AT,
    });
    assert.deepEqual(rotated?.predecessor.expiresAt, after(130));
    assert.deepEqual(rotated?.successor?.expiresAt, after(130));
  },

  async "without grace the key is revoked at once, and its successor is not"(storage) {
    const { id: keyId, hash } = await insertKey(storage);
    const rotated = await storage.apiKeys.rotate({
      tenantId: TENANT,
      keyId,
      successor: newSuccessor(),
      graceSeconds: 0,
      now: AT,
    });
    const found = await storage.apiKeys.findByHash({ hash });
    assert.deepEqual([found?.revokedAt, found?.expiresAt], [AT, AT]);
    assert.deepEqual([rotated?.successor?.revokedAt, rotated?.successor?.expiresAt], [undefined, undefined]);
  },

  async "a disabled key's successor is disabled too"(storage) {
    const { id: keyId } = await insertKey(storage);
    await storage.apiKeys.disable({ tenantId: TENANT, keyId, now: after(5) });
    const successor = newSuccessor();
    await storage.apiKeys.rotate({ tenantId: TENANT, keyId, successor, graceSeconds: 60, now: AT });
    assert.deepEqual((await storage.apiKeys.findByHash({ hash: successor.hash }))?.disabledAt, after(5));
  },

  async "a key that is revoked, expired or has a successor stays as it is and gets none"(storage) {
    const revoked = await insertKey(storage);
    await storage.apiKeys.revoke({ tenantId: TENANT, keyId: revoked.id, now: after(5) });
    const expired = await insertKey(storage, { expiresAt: AT });
    const rotated = await insertKey(storage);
    const rotation = { tenantId: TENANT, graceSeconds: 60, now: AT };
    await storage.apiKeys.rotate({ ...rotation, keyId: rotated.id, successor: newSuccessor() });
    for (const { id: keyId } of [revoked, expired, rotated]) {
      const before = await storage.apiKeys.find({ tenantId: TENANT, keyId });
      const successor = newSuccessor();
      const outcome = await storage.apiKeys.rotate({ ...rotation, keyId, successor });
      assert.deepEqual(outcome, { predecessor: before, successor: undefined });
      assert.deepEqual(await storage.apiKeys.find({ tenantId: TENANT, keyId }), before);
      assert.equal(await storage.apiKeys.findByHash({ hash: successor.hash }), undefined);
    }
  },

  async "eight callers rotate one key at once: exactly one gets a successor"(storage) {
    const { id: keyId } = await insertKey(storage);
    const outcomes = await race(8, (index) =>
      storage.apiKeys.rotate({
        tenantId: TENANT,
        keyId,
        successor: newSuccessor({ at: after(index) }),
        graceSeconds: 60,
        now: AT,
      }),
    );
    const successors = outcomes.flatMap((outcome) => outcome?.successor ?? []);
    assert.equal(successors.length, 1);
    assert.equal((await storage.apiKeys.list({ tenantId: TENANT, limit: 9 })).length, 2);
    for (const outcome of outcomes) assert.equal(outcome?.predecessor.successorId, successors[0]?.id);
  },

  async "a rotation that is rolled back leaves the key as it was, and no successor"(storage) {
    const key = await insertKey(storage);
    const successor = newSuccessor();
    await rollBack(storage, ({ apiKeys }) =>
      apiKeys.rotate({ tenantId: TENANT, keyId: key.id, successor, graceSeconds: 0, now: AT }),
    );
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), key);
    assert.equal(await storage.apiKeys.findByHash({ hash: successor.hash }), undefined);
  },

  async "a key that isn't there answers undefined, and stores nothing"(storage) {
    const successor = newSuccessor();
    const rotation = { tenantId: TENANT, successor, graceSeconds: 0, now: AT };
    assert.equal(await storage.apiKeys.rotate({ ...rotation, keyId: newId("key") }), undefined);
    assert.equal(await storage.apiKeys.findByHash({ hash: successor.hash }), undefined);
  },
});
