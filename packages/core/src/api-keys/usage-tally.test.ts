import { expect, test } from "vitest";
import type { ApiKeyRecord } from "../ports/api-key-store.js";
import { type CountedKey, createUsageTally, toUsageWrite } from "./usage-tally.js";

const HOUR_MS = 3_600_000;

function keyOf(name: string, fields: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return { tenantId: "acme", id: name, hash: name, ...fields } as ApiKeyRecord;
}

function countedKey(name: string, fields: Partial<ApiKeyRecord> = {}): CountedKey {
  return { record: keyOf(name, fields), tally: undefined };
}

test("what is beyond the bound goes uncounted, and is said to", () => {
  const tally = createUsageTally(2);
  for (const name of ["a", "b", "c", "a", "d"]) tally.add(countedKey(name), "accepted", 0);
  const { keys, droppedCount } = tally.take();
  expect(keys.map(({ key, counts }) => [key.id, counts.accepted])).toEqual([
    ["a", 2],
    ["b", 1],
  ]);
  expect(droppedCount).toBe(2);
  expect(tally.take()).toEqual({ keys: [], droppedCount: 0 });
});

test("what is put back is added to what came meanwhile, in the hour it belongs to", () => {
  const tally = createUsageTally(9);
  tally.add(countedKey("a"), "accepted", 30_000);
  const { keys } = tally.take();
  tally.add(countedKey("a"), "accepted", 40_000);
  tally.add(countedKey("a"), "accepted", HOUR_MS);
  for (const key of keys) tally.putBack(key);
  expect(toUsageWrite(tally.take().keys).counts.map(({ hour, count }) => [hour.getTime(), count])).toEqual([
    [0, 2],
    [HOUR_MS, 1],
  ]);
});

test("only accepted calls are uses, and a minute that the record shows already isn't told again", () => {
  const tally = createUsageTally(9);
  tally.add(countedKey("refused"), "rate_limited", 90_000);
  tally.add(countedKey("fresh"), "accepted", 90_000);
  tally.add(countedKey("known", { lastUsedAt: new Date(60_000) }), "accepted", 90_000);
  expect(toUsageWrite(tally.take().keys).lastUses).toEqual([
    { tenantId: "acme", keyId: "fresh", usedAt: new Date(60_000) },
  ]);
});

test("a key that is known from before is counted apart once its tally was taken, and in the hour of the call", () => {
  const tally = createUsageTally(9);
  const key = countedKey("a");
  tally.add(key, "accepted", 0);
  const first = tally.take().keys;
  for (const nowMs of [1, HOUR_MS, 2]) tally.add(key, "accepted", nowMs);
  expect(toUsageWrite(first).counts.map(({ count }) => count)).toEqual([1]);
  expect(toUsageWrite(tally.take().keys).counts.map(({ hour, count }) => [hour.getTime(), count])).toEqual([
    [0, 2],
    [HOUR_MS, 1],
  ]);
});
