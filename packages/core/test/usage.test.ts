import { type ApiKey, StorageError } from "@tenon/core";
import type { Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { expect, test } from "vitest";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const START = new Date("2026-01-01T00:00:00.000Z");
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Memory storage that writes down which stores are called, and whose usage can be switched off. */
function watchedStorage() {
  const good = memoryStorage();
  const calls: string[] = [];
  let isOut = false;
  const watched = Object.fromEntries(
    Object.entries(good).map(([name, store]) => [
      name,
      typeof store !== "object"
        ? store
        : new Proxy(store, {
            get: (target, method) => {
              const call: unknown = Reflect.get(target, method);
              if (typeof call !== "function") return call;
              return async (...given: unknown[]) => {
                calls.push(`${name}.${String(method)}`);
                if (isOut && name === "keyUsage") throw outage();
                return Reflect.apply(call, target, given);
              };
            },
          }),
    ]),
  ) as unknown as Storage;
  const setOut = (out: boolean) => {
    isOut = out;
  };
  return { storage: watched, calls, setOut };
}

function outage(): StorageError {
  return new StorageError("STORAGE_UNAVAILABLE", "out", { operation: "keyUsage.record", retryable: true });
}

async function setUp(limit = 100) {
  const { storage, calls, setOut } = watchedStorage();
  const kit = createTestKit({ storage });
  const limits = [{ name: "hour", limit, windowSeconds: 3_600 }];
  const key = await kit.tenon.apiKeys.create({ tenantId: TENANT, name: "Used", scopes: ["a"], limits });
  const call = (change: object = {}) =>
    kit.tenon.apiKeys.authenticate({ key: key.secret.reveal(), ...change });
  calls.length = 0;
  return { ...kit, calls, setOut, call, reference: { tenantId: TENANT, keyId: key.id } };
}

function recordCalls(calls: readonly string[]): number {
  return calls.filter((call) => call === "keyUsage.record").length;
}

/** Lets what goes on in the background come to its end. */
async function settled({ tenon }: Pick<TestKit, "tenon">, { keyId }: { keyId: string }): Promise<ApiKey> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  return tenon.apiKeys.get({ tenantId: TENANT, keyId });
}

test("a warm key is judged without any I/O but the limiter's", async () => {
  const { call, calls, tenon } = await setUp();
  await tenon.start();
  expect(await call()).toMatchObject({ ok: true });
  calls.length = 0;
  for (let count = 0; count < 50; count++) expect(await call()).toMatchObject({ ok: true });
  expect(await call({ scopes: ["b"] })).toMatchObject({ reason: "insufficient_scope" });
  expect(calls).toEqual(Array(50).fill("rateLimits.consume"));
  await tenon.close();
});

test("a key that doesn't exist is looked up once, and a malformed one never", async () => {
  const { calls, tenon } = await setUp();
  const stranger = await createTestKit().tenon.apiKeys.create({ tenantId: TENANT, name: "Else", scopes: [] });
  for (let count = 0; count < 3; count++) {
    await tenon.apiKeys.authenticate({ key: stranger.secret.reveal() });
    await tenon.apiKeys.authenticate({ key: "sk_live_nonsense" });
  }
  expect(calls).toEqual(["apiKeys.findByHash"]);
});

test("calls are counted per hour and outcome, those of unknown keys nowhere", async () => {
  const { tenon, clock, call, reference } = await setUp(2);
  await tenon.apiKeys.authenticate({ key: "sk_live_nonsense" });
  await call();
  await call({ scopes: ["b"] });
  clock.advance(HOUR_MS);
  clock.advance(HOUR_MS);
  await call();
  await call();
  await call();
  await tenon.apiKeys.revoke(reference);
  await call();
  const to = new Date(clock.now().getTime() + 1);
  expect(await tenon.apiKeys.usage({ ...reference, from: START, to })).toEqual({
    periods: [
      { startsAt: START, counts: { accepted: 1, insufficient_scope: 1 } },
      {
        startsAt: new Date(START.getTime() + 2 * HOUR_MS),
        counts: { accepted: 2, rate_limited: 1, revoked: 1 },
      },
    ],
    total: { accepted: 3, insufficient_scope: 1, rate_limited: 1, revoked: 1 },
  });
  expect(await tenon.apiKeys.usage({ ...reference, granularity: "day", from: START, to })).toEqual({
    periods: [
      { startsAt: START, counts: { accepted: 3, insufficient_scope: 1, rate_limited: 1, revoked: 1 } },
    ],
    total: { accepted: 3, insufficient_scope: 1, rate_limited: 1, revoked: 1 },
  });
});

test("once started, counts are written every ten seconds; what is left, when it closes", async () => {
  const { tenon, clock, call, calls } = await setUp();
  await tenon.start();
  await call();
  clock.advance(10 * SECOND_MS - 1);
  await call();
  expect(recordCalls(calls)).toBe(0);
  clock.advance(1);
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  expect(recordCalls(calls)).toBe(1);
  await call();
  expect(recordCalls(calls)).toBe(1);
  await tenon.close();
  expect(recordCalls(calls)).toBe(2);
});

test("a host that never starts anything: the first call after the interval carries the counts along", async () => {
  const kit = await setUp();
  const { clock, call, calls, reference } = kit;
  await call();
  clock.advance(10 * SECOND_MS - 1);
  await call();
  expect(recordCalls(calls)).toBe(0);
  clock.advance(1);
  await call();
  expect(await settled(kit, reference)).toMatchObject({ lastUsedAt: START });
  expect(recordCalls(calls)).toBe(1);
});

test("the last use is written once a minute at most, and shows the minute", async () => {
  const kit = await setUp();
  const { tenon, clock, call, storage, reference } = kit;
  const written: Date[] = [];
  await tenon.start();
  for (let turn = 0; turn < 12; turn++) {
    await call();
    clock.advance(10 * SECOND_MS);
    const { lastUsedAt } = await settled(kit, reference);
    if (lastUsedAt !== undefined && lastUsedAt.getTime() !== written.at(-1)?.getTime())
      written.push(lastUsedAt);
  }
  expect(written).toEqual([START, new Date(START.getTime() + MINUTE_MS)]);
  const day = { ...reference, from: START, to: clock.now(), granularity: "day" as const };
  expect((await storage.keyUsage.read(day)).map(({ count }) => count)).toEqual([12]);
  await tenon.close();
});

test("a write that fails is logged, disturbs no call, and its counts come with the next", async () => {
  const { tenon, clock, call, setOut, logLines, reference } = await setUp();
  await tenon.start();
  setOut(true);
  await call();
  clock.advance(10 * SECOND_MS);
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  expect(logLines.join("\n")).toContain("kept for the next try");
  expect(await call()).toMatchObject({ ok: true });
  setOut(false);
  expect(await tenon.apiKeys.usage(reference)).toMatchObject({ total: { accepted: 2 } });
  await tenon.close();
});

test("a closing kit with the storage out still closes", async () => {
  const { tenon, call, setOut } = await setUp();
  await tenon.start();
  await call();
  setOut(true);
  await tenon.close();
});

test("usage asks for an existing key of the tenant's, and for a range that can be read", async () => {
  const { tenon, clock, reference } = await setUp();
  const notFound = { code: "API_KEY_NOT_FOUND" };
  await expect(tenon.apiKeys.usage({ ...reference, tenantId: "other" })).rejects.toMatchObject(notFound);
  const invalid = { code: "VALIDATION_FAILED", problems: [{ pointer: "/from" }] };
  const now = clock.now();
  await expect(tenon.apiKeys.usage({ ...reference, from: now, to: now })).rejects.toMatchObject(invalid);
  const longAgo = new Date(now.getTime() - 1_001 * HOUR_MS);
  await expect(tenon.apiKeys.usage({ ...reference, from: longAgo })).rejects.toMatchObject(invalid);
  expect(await tenon.apiKeys.usage({ ...reference, from: longAgo, granularity: "day" })).toEqual({
    periods: [],
    total: {},
  });
});
