import assert from "node:assert/strict";
import type { ApiKeyRecord, KeyChanges, Storage } from "@tenon/core/ports";
import { after, insertKey, newApiKey, newId, TENANT } from "./setup/fixtures.js";
import { rollBack } from "./setup/roll-back.js";
import { about } from "./setup/storage-case.js";

const NOW = after(5);

/** News that hasn't come by then never will. */
const LONGEST_WAIT_MS = 10_000;

type Change = (storage: Storage, key: ApiKeyRecord) => Promise<unknown>;

const CHANGES: Readonly<Record<string, Change>> = {
  revoke: ({ apiKeys }, { id: keyId }) => apiKeys.revoke({ tenantId: TENANT, keyId, now: NOW }),
  disable: ({ apiKeys }, { id: keyId }) => apiKeys.disable({ tenantId: TENANT, keyId, now: NOW }),
  enable: ({ apiKeys }, { id: keyId }) => apiKeys.enable({ tenantId: TENANT, keyId }),
  update: ({ apiKeys }, { id: keyId }) =>
    apiKeys.update({ tenantId: TENANT, keyId, changes: { scopes: ["posts:write"] } }),
  "revoke by ids": ({ apiKeys }, { id }) => apiKeys.revokeMany({ tenantId: TENANT, keyIds: [id], now: NOW }),
  "revoke by owner": ({ apiKeys }) =>
    apiKeys.revokeMany({ tenantId: TENANT, ownerId: "user-7", limit: 9, now: NOW }),
  "stopping its tenant": ({ erasure }) => erasure.stop({ tenantId: TENANT, limit: 9, now: NOW }),
  rotate: ({ apiKeys }, { id: keyId }) => {
    const { prefix, environment, start, hash } = newApiKey();
    const successor = { id: newId("key"), prefix, environment, start, hash };
    return apiKeys.rotate({ tenantId: TENANT, keyId, successor, graceSeconds: 60, now: NOW });
  },
};

export const keyChangeCases = about("key changes", {
  ...Object.fromEntries(
    Object.entries(CHANGES).map(([name, change]) => [
      `${name} is told to every subscriber, by the key's hash`,
      async (storage: Storage) => {
        const [one, other] = [await subscribe(storage), await subscribe(storage)];
        const key = await insertKey(storage, { ownerId: "user-7" });
        await change(storage, key);
        await Promise.all([one.heard(key.hash), other.heard(key.hash)]);
        await Promise.all([one.stop(), other.stop()]);
      },
    ]),
  ),

  async "a change in a transaction is told once that commits"(storage) {
    const subscriber = await subscribe(storage);
    const [inside, before] = [await insertKey(storage), await insertKey(storage)];
    await revoke(storage, before);
    await subscriber.heard(before.hash);
    await storage.transaction(async (handle) => {
      await revoke(storage.bind(handle), inside);
      assert.ok(!subscriber.hashes.includes(inside.hash), "nothing is told before the commit");
    });
    await subscriber.heard(inside.hash);
    await subscriber.stop();
  },

  async "a change that is rolled back is never told"(storage) {
    const subscriber = await subscribe(storage);
    const [undone, later] = [await insertKey(storage), await insertKey(storage)];
    await rollBack(storage, (bound) => revoke(bound, undone));
    await revoke(storage, later);
    await subscriber.heard(later.hash);
    assert.deepEqual(subscriber.hashes, [later.hash]);
    await subscriber.stop();
  },

  async "a use of a key is no change, and is not told"(storage) {
    const subscriber = await subscribe(storage);
    const [used, later] = [await insertKey(storage), await insertKey(storage)];
    const use = { tenantId: TENANT, keyId: used.id, usedAt: NOW };
    await storage.keyUsage.record({ counts: [], lastUses: [use] });
    await revoke(storage, later);
    await subscriber.heard(later.hash);
    assert.deepEqual(subscriber.hashes, [later.hash]);
    await subscriber.stop();
  },

  async "a subscriber that has stopped hears nothing, and stopping again is no mistake"(storage) {
    const [stopped, staying] = [await subscribe(storage), await subscribe(storage)];
    const key = await insertKey(storage);
    await stopped.stop();
    await stopped.stop();
    await revoke(storage, key);
    await staying.heard(key.hash);
    assert.deepEqual(stopped.hashes, []);
    await staying.stop();
  },
});

async function revoke(storage: Storage, { id: keyId }: ApiKeyRecord): Promise<void> {
  await storage.apiKeys.revoke({ tenantId: TENANT, keyId, now: NOW });
}

/** Collects what is told, and waits for it: news may take a moment. */
async function subscribe(storage: Storage) {
  const hashes: string[] = [];
  const waiting = new Map<string, () => void>();
  const subscription = await changesOf(storage).subscribe({
    onKeyChanged(hash) {
      hashes.push(hash);
      waiting.get(hash)?.();
    },
    onLost: (error) => assert.fail(`the subscription was lost: ${String(error)}`),
  });
  return {
    hashes,
    heard: (hash: string) =>
      new Promise<void>((resolve, reject) => {
        if (hashes.includes(hash)) return resolve();
        const timer = setTimeout(() => reject(new Error("the change was never told")), LONGEST_WAIT_MS);
        waiting.set(hash, () => {
          clearTimeout(timer);
          resolve();
        });
      }),
    stop: () => subscription.stop(),
  };
}

function changesOf({ keyChanges }: Storage): KeyChanges {
  assert.ok(keyChanges, "this contract is for storages that tell of changes");
  return keyChanges;
}
