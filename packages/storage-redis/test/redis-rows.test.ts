import { inspect } from "node:util";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findRedis, type TestRedis } from "../../../scripts/test-redis.js";
import { redisLimits, redisShortLived } from "../src/index.js";
import { CLIENTS, newPrefix } from "./redis-clients.js";

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await findRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const HOUR_MS = 3_600_000;
const hour = { name: "hour", limit: 10, windowSeconds: 3_600, algorithm: "sliding-window" as const };
const place = { tenantId: "acme", purpose: "oauth-state", key: "4f2a" };

describe("rows in Redis", () => {
  test("vanish by themselves once they are over: a subject with its last window, a value with its time", async () => {
    const prefix = newPrefix();
    const limits = redisLimits({ redis, prefix });
    const minute = { ...hour, name: "minute", windowSeconds: 60, algorithm: "fixed-window" as const };
    await limits.consume({ charges: [{ subject: "key", cost: 1, limits: [minute] }] });
    await expectTimeLeft(prefix, { above: 0, atMost: 60_000 });
    await limits.consume({ charges: [{ subject: "key", cost: 1, limits: [hour] }] });
    await expectTimeLeft(prefix, { above: HOUR_MS, atMost: 2 * HOUR_MS });
    await limits.consume({ charges: [{ subject: "key", cost: 1, limits: [minute] }] });
    await expectTimeLeft(prefix, { above: HOUR_MS - 60_000, atMost: 2 * HOUR_MS });
    await limits.reset({ subject: "key" });
    expect(await keysUnder(prefix)).toEqual([]);

    const shortLived = redisShortLived({ redis, prefix });
    await shortLived.put({ ...place, value: "state", expiresInSeconds: 600 });
    await expectTimeLeft(prefix, { above: 590_000, atMost: 600_000 });
    await shortLived.take(place);
    expect(await keysUnder(prefix)).toEqual([]);
  });

  test("a subject doesn't grow with limits that are over", async () => {
    const prefix = newPrefix();
    const limits = redisLimits({ redis, prefix });
    for (let index = 0; index < 5; index++) {
      const now = new Date(Date.UTC(2026, 2, 1, index));
      const limit = { ...hour, name: `limit-${index}`, windowSeconds: 60 };
      await limits.consume({ charges: [{ subject: "key", cost: 1, limits: [limit] }], now });
    }
    const [key = ""] = await keysUnder(prefix);
    expect((await redis.hkeys(key)).sort()).toEqual(["", "limit-4:60:sliding-window"]);
  });

  test("name neither subjects nor keys nor tenants", async () => {
    const prefix = newPrefix();
    await redisLimits({ redis, prefix }).consume({
      charges: [{ subject: "user:ada@example.org", cost: 1, limits: [hour] }],
    });
    await redisShortLived({ redis, prefix }).put({ ...place, value: "sealed", expiresInSeconds: 600 });
    const keys = await keysUnder(prefix);
    expect(keys.map((key) => key.slice(prefix.length).replace(/[\w-]{43}$/, "…")).sort()).toEqual([
      "l:…",
      "s:…",
    ]);
  });

  test("are looked through for what is over by the caller's clock alone, and never outside the prefix", async () => {
    const [prefix, other] = [newPrefix(), newPrefix()];
    const now = new Date("2026-03-01T12:00:00.000Z");
    for (const each of [prefix, other]) {
      const store = redisShortLived({ redis, prefix: each });
      for (let index = 0; index < 30; index++)
        await store.put({ ...place, key: String(index), value: "", expiresInSeconds: 60, now });
    }
    const store = redisShortLived({ redis, prefix });
    const later = new Date(now.getTime() + 60_000);
    expect(await store.prune({ limit: 100 })).toBe(0);
    expect(await store.prune({ limit: 20, now: later })).toBe(20);
    expect(await store.prune({ limit: 100, now: later })).toBe(10);
    expect(await keysUnder(other)).toHaveLength(30);
    await redisShortLived({ redis, prefix: other }).prune({ limit: 100, now: later });
  });

  test("a client's own key prefix is kept to, also in pruning", async () => {
    const prefixed = new Redis(server.url, { keyPrefix: `${newPrefix()}host[1]:` });
    const store = redisShortLived({ redis: prefixed });
    const now = new Date("2026-03-01T12:00:00.000Z");
    await store.put({ ...place, value: "", expiresInSeconds: 60, now });
    expect(await store.prune({ limit: 10, now: new Date(now.getTime() + 60_000) })).toBe(1);
    prefixed.disconnect();
  });
});

describe.each(Object.entries(CLIENTS))("a script under %s", (_name, connect) => {
  test("is sent again when the server has forgotten it", async () => {
    const client = await connect(server.url);
    const store = redisShortLived({ redis: client.redis, prefix: newPrefix() });
    await store.put({ ...place, value: "one", expiresInSeconds: 600 });
    await redis.script("FLUSH");
    expect(await store.take(place)).toBe("one");
    await client.close();
  });

  test("that fails says which operation, and holds no value", async () => {
    const client = await connect(server.url);
    const prefix = newPrefix();
    const store = redisShortLived({ redis: client.redis, prefix });
    const entry = { ...place, value: "planted-secret", expiresInSeconds: 600 };
    await store.put(entry);
    const [key = ""] = await keysUnder(prefix);
    await redis.del(key);
    await redis.lpush(key, "something else");
    const error: unknown = await store.putIfAbsent(entry).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "STORAGE_FAILED",
      retryable: false,
      operation: "shortLived.putIfAbsent",
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("planted-secret");
    await client.close();
  });
});

async function keysUnder(prefix: string): Promise<string[]> {
  return redis.keys(`${prefix}*`);
}

async function expectTimeLeft(
  prefix: string,
  { above, atMost }: { readonly above: number; readonly atMost: number },
): Promise<void> {
  const [key = "", ...others] = await keysUnder(prefix);
  const left = await redis.pttl(key);
  expect(others).toEqual([]);
  expect(left).toBeGreaterThan(above);
  expect(left).toBeLessThanOrEqual(atMost);
}
