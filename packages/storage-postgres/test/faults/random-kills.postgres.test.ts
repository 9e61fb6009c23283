import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Tenon } from "@tenon/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMigratedDatabase } from "../migrated-database.js";
import { readBalance } from "./balance.js";
import { type BundledProgram, bundleProgram } from "./bundled-process.js";
import { createDeliveringKit, TENANT } from "./delivering-kit.js";

/** `TENON_KILLED_MESSAGES=1000000` makes it a million: about as many minutes as this takes seconds. */
const MESSAGES = Number(process.env.TENON_KILLED_MESSAGES ?? 3_000);
const BATCH = 1_000;
/** One message in ten is also wanted by an endpoint that fails, by one that is switched off, and by one to be deleted. */
const SHARE = 10;
const GOOD_ENDPOINTS = 20;
/** Several, as each has no more than one slot once it has failed ten times in a row. */
const BAD_ENDPOINTS = 20;
const FEWEST_KILLS = 6;
/** A process lives for as long as a share of the work takes, or the larger numbers would never be through. */
const LONGEST_LIFE_MS = Math.max(1_000, MESSAGES / 100);

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
let program: BundledProgram;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  database = await createMigratedDatabase();
  program = await bundleProgram("runner-process");
  receiver = await startReceiver();
});
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  receiver.close();
  await program.remove();
  await database.drop();
});

test("two processes killed at random moments lose no delivery: the counts balance", {
  timeout: 0,
}, async () => {
  const tenon = createDeliveringKit(database.pool);
  const { deleted } = await createEndpoints(tenon);
  const processes = [await startProcess(), await startProcess()];
  let isPublishing = true;
  const published = publishAll(tenon).finally(() => {
    isPublishing = false;
  });
  const special = MESSAGES / SHARE;
  const due = MESSAGES + special;

  let kills = 0;
  const killOne = async () => {
    await pause((0.2 + Math.random() * 0.8) * LONGEST_LIFE_MS);
    const slot = kills % processes.length;
    const victim = processes[slot] ?? expect.unreachable("both processes run");
    const died = once(victim, "exit");
    victim.kill("SIGKILL");
    await died;
    running.delete(victim);
    processes[slot] = await startProcess();
    kills += 1;
  };
  // Towards the end nobody dies any more: what the last one held is due again only after its leases.
  while (kills < FEWEST_KILLS || isPublishing || (await queuedCount()) > 2 * special + due / 4) {
    await killOne();
  }
  const matched = await published;
  await tenon.endpoints.delete({ tenantId: TENANT, endpointId: deleted });
  // What is left is held for good by the endpoint that is switched off.
  while ((await queuedCount()) > special) await pause(100);

  expect(matched).toBe(MESSAGES + 3 * special);
  expect(await readBalance(database.pool)).toEqual({
    queued: special,
    succeeded: MESSAGES,
    exhausted: special,
    cancelled: special,
    wronglyLogged: 0,
    astray: 0,
  });
  expect(receiver.arrived.size).toBe(due);
});

/** The good ones share the messages, and the bad ones one in ten. Returns the one that is to be deleted. */
async function createEndpoints(tenon: Tenon): Promise<{ readonly deleted: string }> {
  const create = (path: string, eventTypes: readonly string[]) =>
    tenon.endpoints.create({
      tenantId: TENANT,
      url: `${receiver.url}/${path}`,
      eventTypes: [...eventTypes],
      retrySchedule: {
        kind: "list",
        delaysSeconds: path.startsWith("bad") ? [0, 0.1] : [0, 1, 1, 1, 1, 1, 1, 1],
      },
    });
  for (let number = 0; number < GOOD_ENDPOINTS; number++) {
    await create(String(number), [`plain.${number}`, `special.${number}`]);
  }
  for (let number = 0; number < BAD_ENDPOINTS; number++) {
    await create(`bad/${number}`, [`special.${number}`]);
  }
  const off = [await create("off", ["special.*"]), await create("deleted", ["special.*"])];
  for (const { id } of off) await tenon.endpoints.disable({ tenantId: TENANT, endpointId: id });
  return { deleted: off[1]?.id ?? "" };
}

/** Returns how many deliveries the store said it made. */
async function publishAll(tenon: Tenon): Promise<number> {
  let matched = 0;
  for (let first = 0; first < MESSAGES; first += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, place) => first + place);
    const outcomes = await tenon.webhooks.publishMany({
      tenantId: TENANT,
      messages: numbers.map((number) => ({ type: typeOf(number), data: { number } })),
    });
    for (const { deliveryCount } of outcomes) matched += deliveryCount;
  }
  return matched;
}

function typeOf(number: number): string {
  const turn = Math.floor(number / SHARE) % GOOD_ENDPOINTS;
  return number % SHARE === 0 ? `special.${turn}` : `plain.${turn}`;
}

async function startProcess(): Promise<ChildProcess> {
  const child = program.start({ DATABASE_URL: database.url });
  running.add(child);
  await once(child, "message");
  return child;
}

/** Answers 500 below `/bad` and 204 elsewhere, and remembers which event came where. */
async function startReceiver() {
  /** One number for each pair of an event and a good or a bad endpoint: a million of them are to fit. */
  const arrived = new Set<number>();
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      const { data } = JSON.parse(body) as { data: { number: number } };
      const isBad = request.url?.startsWith("/bad/") === true;
      arrived.add(isBad ? -1 - data.number : data.number);
      response.writeHead(isBad ? 500 : 204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function queuedCount(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    "SELECT count(*)::int FROM tenon.delivery_queue",
  );
  return rows[0]?.count ?? 0;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
