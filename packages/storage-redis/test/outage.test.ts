import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { startRedis } from "../../../scripts/test-redis.js";
import { redisLimits, redisShortLived } from "../src/index.js";
import { CLIENTS } from "./redis-clients.js";

const hour = { name: "hour", limit: 3, windowSeconds: 3_600 };
const closed = { ...hour, name: "closed", onStoreError: "closed" as const };
const place = { tenantId: "acme", purpose: "idempotency", key: "order-7" };

describe.each(Object.entries(CLIENTS))("when Redis goes away under %s", (_name, connect) => {
  test("every call is STORAGE_UNAVAILABLE, and each limit's onStoreError takes over", async () => {
    const server = await startRedis();
    const client = await connect(server.url);
    const config = { redis: client.redis };
    const logLines: string[] = [];
    const log = (fields: unknown, message?: string) => void logLines.push(message ?? String(fields));
    const tenon = createTenon({
      storage: memoryStorage(),
      limits: redisLimits(config),
      shortLived: redisShortLived(config),
      logger: { debug: log, info: log, warn: log, error: log },
    });
    const consume = async () => (await tenon.limits.consume({ subject: "a", limits: [hour] })).allowed;
    try {
      expect([await consume(), await consume()]).toEqual([true, true]);
      await server.stop();

      const charges = [{ subject: "a", cost: 1, limits: [{ ...hour, algorithm: "gcra" as const }] }];
      // At once: a client that waits for its server lets each call wait until its time is over.
      const [taken, charged, refused, ...counted] = await Promise.all([
        redisShortLived(config).take(place).catch(caught),
        Promise.resolve(redisLimits(config).consume({ charges })).catch(caught),
        tenon.limits.consume({ subject: "a", limits: [closed] }).catch(caught),
        ...Array.from({ length: 4 }, consume),
      ]);
      const outage = { code: "STORAGE_UNAVAILABLE", retryable: true };
      expect(taken).toMatchObject({ ...outage, operation: "shortLived.take" });
      expect(charged).toMatchObject({ ...outage, operation: "rateLimits.consume" });
      expect(refused).toMatchObject(outage);
      // The process counts alone, and afresh.
      expect(counted.filter((allowed) => allowed === true)).toHaveLength(3);
      expect(logLines.filter((line) => line.includes("rate-limit store is out"))).toHaveLength(1);
    } finally {
      await client.close();
      await server.stop();
    }
  });
});

function caught(error: unknown): unknown {
  return error;
}

test("a server that never answers is STORAGE_UNAVAILABLE within the time limit", async () => {
  const silent = createServer((socket) => void socket.resume()).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const redis = new Redis((silent.address() as AddressInfo).port, "127.0.0.1");
  redis.on("error", () => {});
  await expect(redisShortLived({ redis, timeoutMs: 50 }).get(place)).rejects.toMatchObject({
    code: "STORAGE_UNAVAILABLE",
    message: "shortLived.get failed: Redis did not answer within 50 ms",
  });
  redis.disconnect();
  silent.close();
});
