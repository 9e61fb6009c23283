import { createManualClock } from "@tenon/contract-tests";
import type { HttpResult } from "@tenon/core/ports";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createMigratedDatabase } from "../migrated-database.js";
import { readBalance } from "./balance.js";
import { createDeliveringKit, createEndpoints, publish, TENANT } from "./delivering-kit.js";

const HOUR_MS = 3_600_000;
const answer = (status: number): HttpResult => ({
  ok: true,
  status,
  headers: {},
  body: new Uint8Array(),
  truncated: false,
});

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) expect.unreachable("it never came about");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a process whose clock is set back an hour goes on: retries come when the database says they are due", async () => {
  let offsetMs = 0;
  const now = Date.now;
  const steppedDate = new Proxy(Date, {
    construct: (date, given: []) => (given.length === 0 ? new date(now() + offsetMs) : new date(...given)),
    get: (date, name) => (name === "now" ? () => now() + offsetMs : Reflect.get(date, name)),
  });
  vi.stubGlobal("Date", steppedDate);
  const stop: (() => Promise<void>)[] = [];
  try {
    const statuses = [500];
    const tenon = createDeliveringKit(database.pool, {
      transport: { check: () => ({ ok: true }), request: async () => answer(statuses.pop() ?? 204) },
      webhooks: { retrySchedule: { kind: "list", delaysSeconds: [0, 0.3] } },
    });
    await createEndpoints(tenon, { url: "https://partner.example", count: 1 });
    stop.push(tenon.webhooks.startRunner({ pollIntervalMs: 100 }).stop);
    await publish(tenon, 1);
    const state = async () => (await tenon.deliveries.list({ tenantId: TENANT })).items[0]?.state;
    await until(async () => (await state()) === "retrying");
    offsetMs = -HOUR_MS;
    await until(async () => (await state()) === "succeeded");
    const { rows } = await database.pool.query(
      "SELECT duration_ms FROM tenon.attempts WHERE duration_ms < 0",
    );
    expect(rows).toEqual([]);
  } finally {
    vi.unstubAllGlobals();
    for (const end of stop) await end();
  }
});

test("a host's own clock set back an hour, in the middle of a lease and of a retry, loses nothing", async () => {
  const clock = createManualClock();
  const requests: (() => void)[] = [];
  const statuses = [204, 500];
  const tenon = createDeliveringKit(database.pool, {
    clock,
    transport: {
      check: () => ({ ok: true }),
      request: () =>
        new Promise((resolve) => {
          requests.push(() => resolve(answer(statuses.pop() ?? 204)));
        }),
    },
  });
  const before = (await readBalance(database.pool)).succeeded;
  await publish(tenon, 2);
  const first = tenon.webhooks.runOnce();
  await until(async () => requests.length === 2);
  clock.advance(-HOUR_MS);
  await publish(tenon, 1);
  for (const answerRequest of requests) answerRequest();
  await until(async () => requests.length === 3);
  requests[2]?.();
  await first;
  expect(await readBalance(database.pool)).toMatchObject({ queued: 1, succeeded: before + 2, astray: 0 });

  clock.advance(HOUR_MS);
  const second = tenon.webhooks.runOnce();
  await until(async () => requests.length === 4);
  requests[3]?.();
  await second;
  expect(await readBalance(database.pool)).toEqual({
    queued: 0,
    succeeded: before + 3,
    exhausted: 0,
    cancelled: 0,
    wronglyLogged: 0,
    astray: 0,
  });
});
