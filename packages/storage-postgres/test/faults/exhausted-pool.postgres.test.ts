import type { Logger } from "@tenon/core/ports";
import { postgresStorage } from "@tenon/storage-postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMigratedDatabase, type MigratedDatabase } from "../migrated-database.js";
import { readBalance } from "./balance.js";
import { createDeliveringKit, createEndpoints, publish, TENANT } from "./delivering-kit.js";
import { type Receiver, startReceiver } from "./receiver.js";

const CONNECTIONS = 2;
const MESSAGES = 40;
const ENDPOINTS = 3;

let database: MigratedDatabase;
let receiver: Receiver;
beforeAll(async () => {
  database = await createMigratedDatabase();
  receiver = await startReceiver();
});
afterAll(async () => {
  receiver.close();
  await database.drop();
});

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) expect.unreachable("it never came about");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("a host that takes every connection of the pool makes deliveries wait, and loses none", async () => {
  const complaints: string[] = [];
  const note: Logger["warn"] = (_, message) => void complaints.push(message);
  const pool = database.openPool({ max: CONNECTIONS });
  const tenon = createDeliveringKit(pool, {
    storage: postgresStorage({ pool, acquireTimeoutMs: 50 }),
    logger: { debug: () => {}, info: () => {}, warn: note, error: note },
  });
  const watcher = createDeliveringKit(database.pool);
  await createEndpoints(watcher, { url: receiver.url, count: ENDPOINTS });
  const runner = tenon.webhooks.startRunner({ slots: 8, pollIntervalMs: 50 });
  await publish(watcher, MESSAGES);
  await until(() => receiver.arrivals.length > 0);

  // Taken in the middle: some deliveries are leased, some attempts made and not yet written down.
  const taken = await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.connect()));
  await expect(tenon.webhooks.publish({ tenantId: TENANT, type: "counted", data: {} })).rejects.toMatchObject(
    { code: "STORAGE_UNAVAILABLE", retryable: true },
  );
  await until(() => complaints.includes("the runner could not reach its queue and will try again"));
  for (const client of taken) client.release();
  await until(async () => (await readBalance(database.pool)).queued === 0);
  await runner.stop();

  expect(await readBalance(database.pool)).toEqual({
    queued: 0,
    succeeded: MESSAGES * ENDPOINTS,
    exhausted: 0,
    cancelled: 0,
    wronglyLogged: 0,
    astray: 0,
  });
  expect(new Set(receiver.arrivals).size).toBe(MESSAGES * ENDPOINTS);
  expect(pool.totalCount).toBeLessThanOrEqual(CONNECTIONS);
});
