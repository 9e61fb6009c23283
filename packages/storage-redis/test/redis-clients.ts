import { Redis } from "ioredis";
import { createClient } from "redis";
import type { RedisClient } from "../src/index.js";

/** A client that a host would hand over, and the end of it. */
export interface TestClient {
  readonly redis: RedisClient;
  close(): Promise<void>;
}

/** Every client there is support for, connected. */
export const CLIENTS: Readonly<Record<string, (url: string) => Promise<TestClient>>> = {
  ioredis: async (url) => {
    const redis = new Redis(url);
    redis.on("error", () => {});
    return { redis, close: async () => redis.disconnect() };
  },
  "node-redis": async (url) => {
    const redis = createClient({ url });
    redis.on("error", () => {});
    await redis.connect();
    return { redis, close: async () => redis.destroy() };
  },
};

let prefixes = 0;

/** A prefix that nothing else writes under, in a slot of its own. */
export function newPrefix(): string {
  prefixes += 1;
  return `{test-${process.pid}-${Date.now()}-${prefixes}}:`;
}
