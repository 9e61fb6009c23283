import { createManualClock } from "@tenon/contract-tests";
import { expect, test } from "vitest";
import type { ApiKeyRecord } from "../ports/api-key-store.js";
import { createKeyCache } from "./key-cache.js";

const LIFETIME_MS = 5_000;

function setUp({ maxEntries = 3, maxNegativeEntries = 2 } = {}) {
  const clock = createManualClock();
  const cache = createKeyCache({ clock, lifetimeMs: LIFETIME_MS, maxEntries, maxNegativeEntries });
  const fill = (hash: string) => cache.fill(hash, async () => recordOf(hash));
  return { clock, cache, fill };
}

function recordOf(hash: string): ApiKeyRecord {
  const lists: Partial<ApiKeyRecord> = { scopes: [], ipAllowlist: [], limits: [] };
  return { hash, ...lists } as ApiKeyRecord;
}

/** A read that ends when the test says so. */
function heldRead() {
  let answer: (record: ApiKeyRecord | undefined) => void = () => {};
  const answered = new Promise<ApiKeyRecord | undefined>((resolve) => {
    answer = resolve;
  });
  return { read: () => answered, answer };
}

test("a record is believed for one lifetime, counted from the beginning of its read", async () => {
  const { clock, cache } = setUp();
  const { read, answer } = heldRead();
  const filling = cache.fill("a", read);
  clock.advance(2_000);
  answer(recordOf("a"));
  await filling;
  clock.advance(2_999);
  expect(cache.get("a")?.record).toEqual(recordOf("a"));
  clock.advance(1);
  expect(cache.get("a")).toBeUndefined();
});

test.each(["evict", "bury", "clear"] as const)("%s: a read under way is not kept", async (change) => {
  const { cache } = setUp();
  const { read, answer } = heldRead();
  const filling = cache.fill("a", read);
  cache[change]("a");
  answer(recordOf("a"));
  expect((await filling)?.record).toEqual(recordOf("a"));
  expect(cache.get("a")).toBeUndefined();
});

test("who asks after an eviction gets a read of their own, and that one is kept", async () => {
  const { cache } = setUp();
  const stale = heldRead();
  const filling = cache.fill("a", stale.read);
  cache.evict("a");
  const fresh = { ...recordOf("a"), name: "fresh" };
  expect((await cache.fill("a", async () => fresh))?.record).toBe(fresh);
  stale.answer(recordOf("a"));
  await filling;
  expect(cache.get("a")?.record).toEqual(fresh);
});

test("64 who ask for one key at once are one read", async () => {
  const { cache } = setUp();
  let reads = 0;
  const read = async () => {
    reads += 1;
    return recordOf("a");
  };
  await Promise.all(Array.from({ length: 64 }, () => cache.fill("a", read)));
  expect(reads).toBe(1);
});

test("an eviction of one key lets the read of another be", async () => {
  const { cache } = setUp();
  const { read, answer } = heldRead();
  const filling = cache.fill("a", read);
  cache.evict("b");
  answer(recordOf("a"));
  await filling;
  expect(cache.get("a")?.record).toEqual(recordOf("a"));
});

test("a read that fails is told to all who wait for it, and not kept", async () => {
  const { cache, fill } = setUp();
  const failing = () => Promise.reject(new Error("out"));
  const both = await Promise.allSettled([cache.fill("a", failing), cache.fill("a", failing)]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect((await fill("a"))?.record).toEqual(recordOf("a"));
});

test("what is known of a key stays while the very same record is read again, and goes with any other", async () => {
  const { clock, cache } = setUp();
  const record = recordOf("a");
  const known = await cache.fill("a", async () => record);
  clock.advance(LIFETIME_MS);
  expect(cache.get("a")).toBeUndefined();
  expect(await cache.fill("a", async () => record)).toBe(known);
  expect(cache.get("a")).toBe(known);
  clock.advance(LIFETIME_MS);
  const changed = await cache.fill("a", async () => recordOf("a"));
  expect(changed).not.toBe(known);
  expect(cache.get("a")).toBe(changed);
});

test("what a key is usually charged stays with its limits, and goes with them", async () => {
  const { clock, cache } = setUp();
  const record = recordOf("a");
  const fillAnew = (changes: Partial<ApiKeyRecord>) => {
    clock.advance(LIFETIME_MS);
    return cache.fill("a", async () => ({ ...record, ...changes }));
  };
  const usual = { limits: [], cost: 1, charges: [], wantsLeases: false, isWithinLimits: true };
  const key = await fillAnew({});
  if (key !== undefined) key.usual = usual;
  expect((await fillAnew({ lastUsedAt: clock.now() }))?.usual).toBe(usual);
  expect((await fillAnew({ limits: [...record.limits] }))?.usual).toBeUndefined();
});

test("a key that is gone when its record is read anew is unknown", async () => {
  const { clock, cache, fill } = setUp();
  await fill("a");
  clock.advance(LIFETIME_MS);
  expect(await cache.fill("a", async () => undefined)).toBeUndefined();
  expect(cache.get("a")).toEqual({ record: undefined });
  clock.advance(LIFETIME_MS);
  expect(cache.get("a")).toBeUndefined();
});

test("a buried key stays out for one lifetime, and comes back after it", async () => {
  const { clock, cache, fill } = setUp();
  cache.bury("a");
  clock.advance(LIFETIME_MS - 1);
  await fill("a");
  expect(cache.get("a")).toBeUndefined();
  clock.advance(1);
  await fill("a");
  expect(cache.get("a")).toBeDefined();
});

test("a read begun while a key is buried is not kept, however late it ends", async () => {
  const { clock, cache } = setUp();
  cache.bury("a");
  const { read, answer } = heldRead();
  const filling = cache.fill("a", read);
  clock.advance(LIFETIME_MS + 1);
  answer(recordOf("a"));
  await filling;
  expect(cache.get("a")).toBeUndefined();
});

test("clearing forgets every key, but revives none that is buried", async () => {
  const { cache, fill } = setUp();
  await fill("a");
  cache.bury("b");
  cache.clear();
  expect(cache.get("a")).toBeUndefined();
  await fill("b");
  expect(cache.get("b")).toBeUndefined();
});

test("known and unknown keys are bounded apart: guesses push no key out", async () => {
  const { cache, fill } = setUp({ maxEntries: 2, maxNegativeEntries: 2 });
  await fill("a");
  await fill("b");
  for (const guess of ["x", "y", "z"]) await cache.fill(guess, async () => undefined);
  expect(cache.get("a")).toBeDefined();
  expect(cache.get("x")).toBeUndefined();
  expect(cache.get("z")).toEqual({ record: undefined });
  await fill("c");
  expect([cache.get("a"), cache.get("b"), cache.get("c")].map((found) => found !== undefined)).toEqual([
    false,
    true,
    true,
  ]);
});

test("a clock that is set back makes no entry immortal", async () => {
  const { clock, cache, fill } = setUp();
  await fill("a");
  clock.advance(-1);
  expect(cache.get("a")).toBeUndefined();
});

test("hashes that begin alike never answer for each other", async () => {
  const { cache, fill } = setUp();
  const [one, other] = [`${"a".repeat(63)}1`, `${"a".repeat(63)}2`];
  await fill(one);
  expect(cache.get(other)).toBeUndefined();
  expect((await fill(other))?.record.hash).toBe(other);
  expect(cache.get(other)?.record?.hash).toBe(other);
  expect(cache.get(one)).toBeUndefined();
  expect((await fill(one))?.record.hash).toBe(one);
});
