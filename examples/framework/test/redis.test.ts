import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { startRedis } from "../../../scripts/test-redis.js";
import { bearerOf, createCaller } from "../../black-box/src/call-api.js";
import { startProgram } from "../../black-box/src/start-program.js";

const JWT_SECRET = "a secret of the host's own login";

test("with REDIS_URL rate limits are counted there, and are forgotten where it forgets them", {
  timeout: 120_000,
}, async () => {
  const server = await startRedis();
  onTestFinished(server.stop);
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  const program = await startProgram({ example: "framework", env: { JWT_SECRET, REDIS_URL: server.url } });
  onTestFinished(async () => void (await program.stop()));

  const { json } = await createCaller(program.url)("POST", "/integrations/api-keys", {
    headers: { authorization: await bearerOf(JWT_SECRET, "acme") },
    body: {
      ...{ name: "Partner", scopes: ["read:data"] },
      limits: [{ name: "day", limit: 2, windowSeconds: 86_400, algorithm: "fixed-window" }],
    },
  });
  const call = createCaller(program.url, { "x-api-key": String(json.key) });
  const statuses = async () => {
    const found: number[] = [];
    for (let calls = 0; calls < 3; calls++) found.push((await call("GET", "/api/data")).status);
    return found;
  };
  expect(await statuses()).toEqual([200, 200, 429]);
  expect(await redis.dbsize()).toBeGreaterThan(0);
  await redis.flushall();
  expect(await statuses()).toEqual([200, 200, 429]);
});
