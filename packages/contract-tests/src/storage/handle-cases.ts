import assert from "node:assert/strict";
import type { Storage } from "@tenon/core/ports";
import { isConfigError } from "./setup/expectations.js";
import { after, insertKey, newApiKey } from "./setup/fixtures.js";
import { rollBack } from "./setup/roll-back.js";
import { about } from "./setup/storage-case.js";

export const handleCases = about("bound storages", {
  async "a transaction on a bound storage is the same one: it commits and rolls back with the outer"(
    storage,
  ) {
    const [inner, kept] = [newApiKey(), newApiKey()];
    await rollBack(storage, async (bound) => {
      const value = await bound.transaction(async (handle) => {
        await bound.bind(handle).apiKeys.insert({ key: inner, now: after(0) });
        return "inner value";
      });
      assert.equal(value, "inner value");
      assert.ok(await bound.apiKeys.findByHash({ hash: inner.hash }));
    });
    assert.equal(await storage.apiKeys.findByHash({ hash: inner.hash }), undefined);
    await storage.transaction(async (handle) => {
      const bound = storage.bind(handle);
      const failure = new Error("inner failure");
      const failed = bound.transaction(async (same) => {
        await storage.bind(same).apiKeys.insert({ key: kept, now: after(0) });
        throw failure;
      });
      await assert.rejects(failed, (error) => error === failure);
    });
    const found = await storage.apiKeys.findByHash({ hash: kept.hash });
    assert.equal(
      found?.id,
      kept.id,
      "there is no savepoint: what the inner one wrote commits with the outer",
    );
  },

  async "a handle used after its transaction has committed is refused, and writes nothing"(storage) {
    let handle: unknown;
    await storage.transaction(async (current) => {
      handle = current;
    });
    await assertEnded(storage, handle);
  },

  async "a handle used after its transaction was rolled back is refused, and writes nothing"(storage) {
    let handle: unknown;
    const failed = storage.transaction(async (current) => {
      handle = current;
      throw new Error("roll back");
    });
    await assert.rejects(failed, /roll back/);
    await assertEnded(storage, handle);
  },

  async "a storage bound before the end is refused after it"(storage) {
    let bound = storage;
    await storage.transaction(async (handle) => {
      bound = storage.bind(handle);
      await insertKey(bound);
    });
    const key = newApiKey();
    await assert.rejects(bound.apiKeys.insert({ key, now: after(0) }));
    await assert.rejects(bound.apiKeys.findByHash({ hash: key.hash }));
    assert.equal(await storage.apiKeys.findByHash({ hash: key.hash }), undefined);
  },

  async "binding something that isn't a transaction is a configuration error"(storage) {
    for (const garbage of [
      undefined,
      null,
      0,
      "transaction",
      true,
      {},
      [],
      () => {},
      Symbol("tx"),
      storage,
    ]) {
      assert.throws(() => storage.bind(garbage), isConfigError, `${typeof garbage} is refused`);
    }
  },
});

async function assertEnded(storage: Storage, handle: unknown): Promise<void> {
  const key = newApiKey();
  await assert.rejects(async () => storage.bind(handle).apiKeys.findByHash({ hash: key.hash }));
  await assert.rejects(async () => storage.bind(handle).apiKeys.insert({ key, now: after(0) }));
  await assert.rejects(async () => {
    await storage
      .bind(handle)
      .transaction((same) => storage.bind(same).apiKeys.insert({ key, now: after(0) }));
  });
  assert.equal(await storage.apiKeys.findByHash({ hash: key.hash }), undefined);
}
