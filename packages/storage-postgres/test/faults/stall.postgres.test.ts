import { createManualClock } from "@tenon/contract-tests";
import type { HttpResult, Logger } from "@tenon/core/ports";
import { postgresStorage } from "@tenon/storage-postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMigratedDatabase } from "../migrated-database.js";
import { readBalance } from "./balance.js";
import { createDeliveringKit, createEndpoints, publish, TENANT } from "./delivering-kit.js";

const answered: HttpResult = { ok: true, status: 204, headers: {}, body: new Uint8Array(), truncated: false };
const SECONDS_BEYOND_ANY_LEASE = 3_600;

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

/** A process that shares the database, with a clock and a receiver of its own, and every lease it was given. */
function createProcess(request: () => Promise<HttpResult>) {
  const clock = createManualClock();
  const storage = postgresStorage({ pool: database.pool });
  const leases: string[] = [];
  const warnings: string[] = [];
  const warn: Logger["warn"] = (_, message) => void warnings.push(message);
  const tenon = createDeliveringKit(database.pool, {
    clock,
    storage: {
      ...storage,
      queue: {
        ...storage.queue,
        async claim(given) {
          const claimed = await storage.queue.claim(given);
          leases.push(...claimed.deliveries.map(({ leaseToken }) => leaseToken));
          return claimed;
        },
      },
    },
    transport: { check: () => ({ ok: true }), request },
    logger: { debug: () => {}, info: () => {}, warn, error: warn },
  });
  return { tenon, clock, leases, warnings };
}

test("a runner that stalls beyond its lease settles nothing; the one that took over does, once", async () => {
  let wakeUp = () => {};
  const stalled = new Promise<void>((resolve) => {
    wakeUp = resolve;
  });
  let requestCount = 0;
  const stale = createProcess(async () => {
    requestCount += 1;
    await stalled;
    return { ...answered, status: 500 };
  });
  const fresh = createProcess(async () => {
    requestCount += 1;
    return answered;
  });
  await createEndpoints(stale.tenon, { url: "https://partner.example", count: 2 });
  await publish(stale.tenon, 3);

  const late = stale.tenon.webhooks.runOnce();
  while (requestCount < 6) await new Promise((resolve) => setImmediate(resolve));
  // While its leases live, nobody else is given what it holds.
  expect(await fresh.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
  fresh.clock.advance(SECONDS_BEYOND_ANY_LEASE * 1000);
  expect(await fresh.tenon.webhooks.runOnce()).toEqual({ attemptCount: 6 });
  const settled = await readBalance(database.pool);
  wakeUp();
  await late;

  expect(stale.warnings).toEqual(Array(6).fill("an attempt's outcome came too late to count"));
  expect(settled).toEqual({
    queued: 0,
    succeeded: 6,
    exhausted: 0,
    cancelled: 0,
    wronglyLogged: 0,
    astray: 0,
  });
  expect(await readBalance(database.pool)).toEqual(settled);
  const { items } = await fresh.tenon.deliveries.list({ tenantId: TENANT });
  expect(items.map(({ attemptCount }) => attemptCount)).toEqual(Array(6).fill(1));
  expect(new Set([...stale.leases, ...fresh.leases]).size).toBe(12);
  expect(requestCount).toBe(12);
});
