import assert from "node:assert/strict";
import type { KeyUsageCount, KeyUsageOutcome, Storage } from "@tenon/core/ports";
import { race } from "../arrival-gate.js";
import { after, insertKey, newId, OTHER_TENANT, TENANT } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

const HOUR = 3_600;
const DAY = 24 * HOUR;

export const keyUsageCases = about("key usage", {
  async "counts add up, per key, hour and outcome"(storage) {
    const [keyId, otherId] = [newId("key"), newId("key")];
    await count(storage, [
      one(keyId, 0, "accepted", 2),
      one(keyId, 0, "rate_limited", 1),
      one(keyId, HOUR, "accepted", 5),
      one(otherId, 0, "accepted", 100),
    ]);
    await count(storage, [one(keyId, 0, "accepted", 3)]);
    assert.deepEqual(await read(storage, keyId), [
      { startsAt: after(0), outcome: "accepted", count: 5 },
      { startsAt: after(0), outcome: "rate_limited", count: 1 },
      { startsAt: after(HOUR), outcome: "accepted", count: 5 },
    ]);
  },

  async "one hour named twice in a call counts as both together"(storage) {
    const keyId = newId("key");
    await count(storage, [one(keyId, 0, "accepted", 2), one(keyId, 0, "accepted", 3)]);
    assert.deepEqual(await read(storage, keyId), [{ startsAt: after(0), outcome: "accepted", count: 5 }]);
  },

  async "a reading begins with the hour at `from` and ends before the hour at `to`"(storage) {
    const keyId = newId("key");
    await count(
      storage,
      [-HOUR, 0, HOUR, 2 * HOUR].map((at) => one(keyId, at, "accepted", 1)),
    );
    const found = await read(storage, keyId, { from: after(0), to: after(2 * HOUR) });
    assert.deepEqual(
      found.map(({ startsAt }) => startsAt),
      [after(0), after(HOUR)],
    );
  },

  async "days are UTC days, and sum their hours"(storage) {
    const keyId = newId("key");
    // The cases begin at noon: twelve hours later is the next day.
    await count(
      storage,
      [0, 11 * HOUR, 12 * HOUR, DAY].map((at) => one(keyId, at, "accepted", 1)),
    );
    const midnight = after(-12 * HOUR);
    const found = await read(storage, keyId, { from: midnight, to: after(2 * DAY), granularity: "day" });
    assert.deepEqual(found, [
      { startsAt: midnight, outcome: "accepted", count: 2 },
      { startsAt: after(12 * HOUR), outcome: "accepted", count: 2 },
    ]);
  },

  async "eight processes that add to the same keys in different orders lose nothing and never deadlock"(
    storage,
  ) {
    const keys = await Promise.all(Array.from({ length: 10 }, () => insertKey(storage)));
    await race(8, async (index) => {
      const order = index % 2 === 0 ? keys : [...keys].reverse();
      await storage.keyUsage.record({
        counts: order.map(({ id }) => one(id, 0, "accepted", 1)),
        lastUses: order.map(({ id: keyId }) => ({ tenantId: TENANT, keyId, usedAt: after(60 * index) })),
      });
    });
    for (const { id } of keys) {
      assert.deepEqual(await read(storage, id), [{ startsAt: after(0), outcome: "accepted", count: 8 }]);
    }
  },

  async "the last use moves forward, never back, and changes nothing else"(storage) {
    const key = await insertKey(storage);
    const use = (seconds: number) =>
      storage.keyUsage.record({
        counts: [],
        lastUses: [{ tenantId: TENANT, keyId: key.id, usedAt: after(seconds) }],
      });
    await use(120);
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), {
      ...key,
      lastUsedAt: after(120),
    });
    await use(60);
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), {
      ...key,
      lastUsedAt: after(120),
    });
    await use(180);
    assert.deepEqual(await storage.apiKeys.findByHash({ hash: key.hash }), {
      ...key,
      lastUsedAt: after(180),
    });
  },

  async "a use of a key that isn't there is no failure, and its counts are kept"(storage) {
    const keyId = newId("key");
    await storage.keyUsage.record({
      counts: [one(keyId, 0, "revoked", 1)],
      lastUses: [{ tenantId: TENANT, keyId, usedAt: after(0) }],
    });
    assert.deepEqual(await read(storage, keyId), [{ startsAt: after(0), outcome: "revoked", count: 1 }]);
  },

  async "another tenant's counts and last uses stay apart, even under one id"(storage) {
    const key = await insertKey(storage);
    await storage.keyUsage.record({
      counts: [{ ...one(key.id, 0, "accepted", 7), tenantId: OTHER_TENANT }],
      lastUses: [{ tenantId: OTHER_TENANT, keyId: key.id, usedAt: after(60) }],
    });
    assert.deepEqual(await read(storage, key.id), []);
    assert.deepEqual(await storage.apiKeys.find({ tenantId: TENANT, keyId: key.id }), key);
  },

  async "writing nothing, and reading what nobody has used, is nothing"(storage) {
    await storage.keyUsage.record({ counts: [], lastUses: [] });
    assert.deepEqual(await read(storage, newId("key")), []);
    assert.deepEqual(await read(storage, "no key's id"), []);
  },
});

function one(keyId: string, atSeconds: number, outcome: KeyUsageOutcome, count: number): KeyUsageCount {
  return { tenantId: TENANT, keyId, hour: after(atSeconds), outcome, count };
}

function count(storage: Storage, counts: readonly KeyUsageCount[]): Promise<void> {
  return storage.keyUsage.record({ counts, lastUses: [] });
}

function read(
  storage: Storage,
  keyId: string,
  {
    from = after(-DAY),
    to = after(2 * DAY),
    granularity = "hour",
  }: { readonly from?: Date; readonly to?: Date; readonly granularity?: "hour" | "day" } = {},
) {
  return storage.keyUsage.read({ tenantId: TENANT, keyId, from, to, granularity });
}
