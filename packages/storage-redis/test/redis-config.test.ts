import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { Redis } from "ioredis";
import { createClient, createCluster, createSentinel } from "redis";
import { describe, expect, test } from "vitest";
import { type RedisStoreConfig, redisLimits, redisShortLived } from "../src/index.js";

const STORES = { redisLimits, redisShortLived };
const options = { lazyConnect: true };

describe.each(Object.entries(STORES))("%s", (_name, create) => {
  test("takes the clients of both packages, also those of clusters and Sentinels, and connects none", () => {
    const node = { host: "127.0.0.1", port: 1 };
    const clients: readonly RedisStoreConfig["redis"][] = [
      new Redis({ ...node, ...options }),
      new Redis.Cluster([node], options),
      createClient(),
      createCluster({ rootNodes: [] }),
      createSentinel({ name: "main", sentinelRootNodes: [node] }),
    ];
    for (const redis of clients) expect(() => create({ redis })).not.toThrow();
  });

  test("names every problem of its config at once", () => {
    const config = { redis: "redis://localhost", prefix: "two words", timeoutMs: 0.5 };
    expect(problemsOf(() => create(config as unknown as RedisStoreConfig))).toEqual([
      "/redis",
      "/prefix",
      "/timeoutMs",
    ]);
    expect(problemsOf(() => create(undefined as unknown as RedisStoreConfig))).toEqual(["/redis"]);
    const redis = {} as unknown as RedisStoreConfig["redis"];
    expect(problemsOf(() => create({ redis, prefix: "" }))).toEqual(["/redis", "/prefix"]);
  });
});

test("createTenon refuses a client where a store belongs", () => {
  const redis = new Redis(options) as unknown as ReturnType<typeof redisLimits>;
  const problems = problemsOf(() => createTenon({ storage: memoryStorage(), limits: redis }));
  expect(problems).toEqual(["/limits"]);
});

function problemsOf(create: () => unknown): readonly string[] {
  try {
    create();
  } catch (error) {
    return (error as { problems: readonly { pointer: string }[] }).problems.map(({ pointer }) => pointer);
  }
  throw new Error("nothing was refused");
}
