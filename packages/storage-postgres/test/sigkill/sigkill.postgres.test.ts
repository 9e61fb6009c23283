import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createTenon } from "@tenon/core";
import { migrate, postgresStorage } from "@tenon/storage-postgres";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../test-database.js";
import { VAULT_KEYS } from "./vault-keys.js";

const ENDPOINTS = 10;
const MESSAGES = 2_000;
const DELIVERIES = ENDPOINTS * MESSAGES;
const KILLS = 12;
const TENANT = "acme";

let database: TestDatabase;
let pool: pg.Pool;
const receiver = startReceiver();
const running = new Set<ChildProcess>();

beforeAll(async () => {
  database = await createTestDatabase(inject("postgres").url);
  pool = new pg.Pool({ connectionString: database.url, max: 8 });
  await migrate({ pool });
});

afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  (await receiver).close();
  await pool.end();
  await database.drop();
});

test("two processes killed at random moments lose no delivery", { timeout: 300_000 }, async () => {
  await publishAll(await receiver);
  const started = [await startProcess(), await startProcess()];

  for (let kill = 0; kill < KILLS; kill++) {
    await pause(200 + Math.random() * 800);
    const slot = kill % started.length;
    const victim = started[slot] ?? expect.unreachable("both processes run");
    const died = once(victim, "exit");
    victim.kill("SIGKILL");
    await died;
    running.delete(victim);
    started[slot] = await startProcess();
  }
  while ((await countOf("SELECT count(*) FROM tenon.delivery_queue")) > 0) await pause(100);

  expect(await countOf("SELECT count(*) FROM tenon.deliveries WHERE state = 'succeeded'")).toBe(DELIVERIES);
  expect(await countOf("SELECT count(*) FROM tenon.deliveries")).toBe(DELIVERIES);
  expect(await countOf("SELECT count(*) FROM tenon.attempts WHERE succeeded")).toBe(DELIVERIES);
  const { arrivals, idsOfEvent } = await receiver;
  expect(arrivals.size).toBe(DELIVERIES);
  expect(idsOfEvent.size).toBe(MESSAGES);
  expect([...idsOfEvent.values()].every((ids) => ids.size === 1)).toBe(true);
});

async function publishAll({ url }: { readonly url: string }): Promise<void> {
  const tenon = createTenon({
    storage: postgresStorage({ pool }),
    vaultKeys: VAULT_KEYS,
    transport: openTransport,
  });
  for (let endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
    await tenon.endpoints.create({ tenantId: TENANT, url: `${url}/${endpoint}`, eventTypes: ["*"] });
  }
  const numbers = Array.from({ length: MESSAGES }, (_, number) => number);
  const publishers = Array.from({ length: 8 }, async () => {
    for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
      await tenon.webhooks.publish({ tenantId: TENANT, type: "counted", data: { number } });
    }
  });
  await Promise.all(publishers);
}

/** Lets the loopback URLs of this test pass at creation; this process sends nothing. */
const openTransport = {
  check: () => ({ ok: true }) as const,
  request: () => Promise.reject(new Error("only the child processes deliver")),
};

async function startProcess(): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL("./runner-process.ts", import.meta.url)), {
    execArgv: ["--import", "tsx", "-C", "@tenon/source"],
    env: { ...process.env, DATABASE_URL: database.url },
  });
  running.add(child);
  await once(child, "message");
  return child;
}

async function startReceiver() {
  /** Endpoint and webhook-id of everything that arrived. */
  const arrivals = new Set<string>();
  const idsOfEvent = new Map<number, Set<string>>();
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      const webhookId = String(request.headers["webhook-id"]);
      const { data } = JSON.parse(body) as { data: { number: number } };
      arrivals.add(`${request.url} ${webhookId}`);
      idsOfEvent.set(data.number, (idsOfEvent.get(data.number) ?? new Set()).add(webhookId));
      response.writeHead(204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    idsOfEvent,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function countOf(query: string): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(query);
  return Number(rows[0]?.count);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
