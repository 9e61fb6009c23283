import type { ClaimedDelivery } from "@tenon/core/ports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { insertEndpoint, newMessage } from "./records.js";

const TENANT = "a tenant whose id is not short at all";
const COUNT = 200;
const request = {
  ...{ slots: COUNT, slotsPerEndpoint: COUNT, slotsForSlow: COUNT },
  ...{ leaseMs: 60_000, leaseMarginMs: 5_000 },
};

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

async function statistics(
  table: string,
): Promise<Record<"seq_scan" | "n_tup_upd" | "n_tup_hot_upd", number>> {
  // Each connection tells what it did when it has nothing to do for a while, or is told to.
  const clients = await Promise.all(Array.from({ length: 4 }, () => database.pool.connect()));
  for (const client of clients) await client.query("SELECT pg_stat_force_next_flush()");
  for (const client of clients) client.release();
  const { rows } = await database.pool.query(
    `SELECT seq_scan::int, n_tup_upd::int, n_tup_hot_upd::int FROM pg_stat_user_tables
     WHERE relid = 'tenon.${table}'::regclass`,
  );
  return rows[0];
}

test("a settlement writes to no index of deliveries, and reads the queue by its keys however short it seemed", async () => {
  const storage = postgresStorage({ pool: database.pool });
  await insertEndpoint(storage, { tenantId: TENANT });
  await database.pool.query("ANALYZE tenon.delivery_queue");
  const messages = Array.from({ length: COUNT }, () => newMessage({ tenantId: TENANT }));
  await storage.messages.publish({ messages });
  const before = await statistics("delivery_queue");
  const { deliveries } = await storage.queue.claim(request);
  const settlements = deliveries.map(({ tenantId, deliveryId, messageId, leaseToken }: ClaimedDelivery) => ({
    ...{ tenantId, deliveryId, messageId, leaseToken },
    outcome: { kind: "succeeded" } as const,
  }));
  const results = await storage.queue.settle({ settlements });
  expect(results).toEqual(Array.from({ length: COUNT }, () => "applied"));
  expect(await statistics("deliveries")).toMatchObject({ n_tup_upd: COUNT, n_tup_hot_upd: COUNT });
  expect((await statistics("delivery_queue")).seq_scan).toBe(before.seq_scan);
});
