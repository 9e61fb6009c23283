import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { race } from "@tenon/contract-tests";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findRedis, type TestRedis } from "../../../scripts/test-redis.js";
import { redisLimits } from "../src/index.js";
import { CLIENTS, newPrefix, type TestClient } from "./redis-clients.js";

let server: TestRedis;
let clients: readonly TestClient[];
beforeAll(async () => {
  server = await findRedis();
  clients = await Promise.all(Object.values(CLIENTS).map((connect) => connect(server.url)));
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.stop();
});

const LIMITS = [
  { name: "hour", limit: 500, windowSeconds: 3_600, algorithm: "sliding-window" as const },
  { name: "burst", limit: 500, windowSeconds: 86_400, algorithm: "gcra" as const },
];

test("clients of both kinds, by Redis's own time, accept exactly as many as the limit says", async () => {
  const prefix = newPrefix();
  const stores = clients.map(({ redis }) => redisLimits({ redis, prefix, timeoutMs: 20_000 }));
  const accepted = await race(16, async (caller) => {
    const [store] = stores.slice(caller % stores.length);
    const charges = [
      { subject: `key-${caller % 4}`, cost: 1, limits: LIMITS },
      { subject: "tenant", cost: 1, limits: LIMITS.slice(0, 1) },
    ];
    const calls = Array.from({ length: 60 }, () =>
      store?.consume({ charges: caller % 2 === 0 ? charges : [...charges].reverse() }),
    );
    return (await Promise.all(calls)).filter((outcome) => outcome?.allowed).length;
  });
  expect(accepted.reduce((sum, count) => sum + count, 0)).toBe(500);
});

test("two processes accept exactly as many as the limit says", async () => {
  const program = fileURLToPath(new URL("./limit-process.ts", import.meta.url));
  const prefix = newPrefix();
  const run = () =>
    promisify(execFile)(process.execPath, [
      "--import",
      "tsx",
      "-C",
      "@tenon/source",
      program,
      server.url,
      prefix,
    ]);
  const outputs = await Promise.all([run(), run()]);
  const accepted = outputs.map(({ stdout }) => Number(stdout));
  expect(accepted.reduce((sum, count) => sum + count, 0)).toBe(500);
});
