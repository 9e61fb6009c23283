import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createTenon, type Tenon } from "@tenon/core";
import { postgresStorage } from "@tenon/storage-postgres";
import { nodeTransport } from "@tenon/transport-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMigratedDatabase } from "../migrated-database.js";

const TENANT = "acme";
const VAULT_KEY = randomBytes(32).toString("base64");
const LONGEST_WAIT_MS = 20_000;

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
let runner: ChildProcess;
let receiver: Server;
let publisher: Tenon;
let onReceived: () => void = () => {};

beforeAll(async () => {
  database = await createMigratedDatabase();
  receiver = createServer((request, response) => {
    request.resume();
    onReceived();
    response.writeHead(204).end();
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  publisher = createTenon({
    storage: postgresStorage({ pool: database.pool }),
    vaultKeys: [{ id: "test", key: VAULT_KEY }],
    transport: nodeTransport({ development: { loopback: true } }),
  });
  await publisher.endpoints.create({
    tenantId: TENANT,
    url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`,
    eventTypes: ["*"],
  });
  await publisher.start();
  runner = fork(fileURLToPath(new URL("./runner-process.ts", import.meta.url)), {
    execArgv: ["--import", "tsx", "-C", "@tenon/source"],
    env: { ...process.env, DATABASE_URL: database.url, VAULT_KEY },
  });
  await once(runner, "message");
  await until(async () => (await listening()).some((query) => query.includes("tenon_queue")));
}, 60_000);

afterAll(async () => {
  runner?.kill("SIGKILL");
  await publisher?.close();
  receiver?.closeAllConnections();
  receiver?.close();
  await database?.drop();
});

test("a publish is received within a second though the runner, in another process, polls every 30 s", async () => {
  for (let round = 0; round < 3; round++) {
    const waitMs = await timeUntilReceived(async () => {
      await publisher.webhooks.publish({ tenantId: TENANT, type: "t", data: round });
      return performance.now();
    });
    expect(waitMs).toBeLessThan(1_000);
  }
});

test("so is one in a host's transaction, from its commit on", async () => {
  for (const heldMs of [0, 50, 100]) {
    for (;;) {
      const [begunAt, receivedAt] = [performance.now(), nextReceived()];
      await publishInTransaction(heldMs);
      const committedAt = performance.now();
      // The last look is 512 ms after the publish. On a busy machine the commit may come later than that.
      if (committedAt - begunAt > 250) continue;
      expect((await receivedAt) - committedAt).toBeLessThan(1_000);
      break;
    }
  }
});

test("keys and publishes are listened to on one connection", async () => {
  expect(await listening()).toHaveLength(1);
});

test("after its connection is cut the runner listens anew, and finds what was published meanwhile", async () => {
  const [cut] = await pids();
  const waitMs = await timeUntilReceived(async () => {
    await database.pool.query("SELECT pg_terminate_backend($1)", [cut]);
    await publisher.webhooks.publish({ tenantId: TENANT, type: "t", data: "cut" });
    return performance.now();
  });
  expect(waitMs).toBeLessThan(5_000);
});

async function publishInTransaction(heldMs: number): Promise<void> {
  const client = await database.pool.connect();
  const begunAt = performance.now();
  await client.query("BEGIN");
  await publisher.within(client).webhooks.publish({ tenantId: TENANT, type: "t", data: heldMs });
  while (performance.now() - begunAt < heldMs) await client.query("SELECT 1");
  await client.query("COMMIT");
  client.release();
}

/** How long after `publish` said it was over the receiver had it; 0 where that was before. */
async function timeUntilReceived(publish: () => Promise<number>): Promise<number> {
  const receivedAt = nextReceived();
  const overAt = await publish();
  return Math.max(0, (await receivedAt) - overAt);
}

/** When the receiver gets something next. */
function nextReceived(): Promise<number> {
  return new Promise((resolve) => {
    onReceived = () => resolve(performance.now());
  });
}

async function pids(): Promise<readonly number[]> {
  const { rows } = await database.pool.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'tenon-listen' AND datname = current_database()",
  );
  return rows.map(({ pid }) => pid);
}

/** What each listening connection was asked last. */
async function listening(): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ query: string }>(
    "SELECT query FROM pg_stat_activity WHERE application_name = 'tenon-listen' AND datname = current_database()",
  );
  return rows.map(({ query }) => query);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const begunAt = performance.now();
  while (!(await isSo())) {
    if (performance.now() - begunAt > LONGEST_WAIT_MS) expect.unreachable("it never came about");
    await setImmediate();
  }
}
