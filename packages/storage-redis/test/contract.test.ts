import { rateLimitContract, shortLivedContract } from "@tenon/contract-tests";
import { afterAll, beforeAll, describe, test } from "vitest";
import { findRedis, startValkeyInProcess, type TestRedis } from "../../../scripts/test-redis.js";
import { redisLimits, redisShortLived } from "../src/index.js";
import { CLIENTS, newPrefix, type TestClient } from "./redis-clients.js";

const SERVERS = { "the Redis there is": findRedis, "Valkey in WebAssembly": startValkeyInProcess };

for (const [serverName, findServer] of Object.entries(SERVERS)) {
  for (const [clientName, connect] of Object.entries(CLIENTS)) {
    describe(`on ${serverName}, through ${clientName}`, () => {
      let server: TestRedis;
      let client: TestClient;
      beforeAll(async () => {
        server = await findServer();
        client = await connect(server.url);
      });
      afterAll(async () => {
        await client.close();
        await server.stop();
      });

      const close = async () => {};
      const contract = [
        ...rateLimitContract({
          create: async () => ({
            store: redisLimits({ redis: client.redis, prefix: newPrefix(), timeoutMs: 20_000 }),
            close,
          }),
        }),
        ...shortLivedContract({
          create: async () => ({
            store: redisShortLived({ redis: client.redis, prefix: newPrefix() }),
            close,
          }),
        }),
      ];
      for (const { name, run } of contract) test(name, run);
    });
  }
}
