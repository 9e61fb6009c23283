import type { ClaimedDelivery } from "@tenon/core/ports";
import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { insertEndpoint, newMessage } from "./records.js";

const TENANT = "acme";
const DEAD = 4_000;
const ENDPOINTS = 20;
const request = { slots: 64, slotsPerEndpoint: 16, slotsForSlow: 32, leaseMs: 60_000, leaseMarginMs: 5_000 };

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
let holder: pg.PoolClient;
beforeAll(async () => {
  database = await createMigratedDatabase();
  holder = await database.openPool({ max: 1 }).connect();
  await holder.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM tenon.messages");
  // What deliveries leave behind on their way through the queue, of endpoints that nobody publishes to.
  await database.pool.query(`
    ALTER TABLE tenon.delivery_queue SET (autovacuum_enabled = false);
    INSERT INTO tenon.delivery_queue (tenant_id, delivery_id, message_id, endpoint_id, ready, due_at)
    SELECT '${TENANT}', gen_random_uuid(), gen_random_uuid(), lpad(to_hex(n % 100), 32, 'f')::uuid, true, now()
    FROM generate_series(1, ${DEAD}) n`);
  await database.pool.query(
    "UPDATE tenon.delivery_queue SET ready = false, lease_token = gen_random_uuid(), lease_expires_at = now() - interval '1 minute'",
  );
  await database.pool.query("DELETE FROM tenon.delivery_queue");
  await database.pool.query("ANALYZE tenon.delivery_queue");
});
afterAll(async () => {
  await holder.query("ROLLBACK");
  holder.release();
  await database.drop();
});

/** Rows and index entries of the queue that anybody has read so far, dead ones included. */
async function readSoFar(): Promise<number> {
  // Each connection tells what it read when it has nothing to do for a while, or is told to.
  const clients = await Promise.all(Array.from({ length: 4 }, () => database.pool.connect()));
  for (const client of clients) await client.query("SELECT pg_stat_force_next_flush()");
  for (const client of clients) client.release();
  const { rows } = await database.pool.query<{ read: number }>(
    `SELECT (SELECT seq_tup_read FROM pg_stat_user_tables WHERE relid = 'tenon.delivery_queue'::regclass)::int
      + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relid = 'tenon.delivery_queue'::regclass)::int AS read`,
  );
  return rows[0]?.read ?? 0;
}

test("beside an open transaction, what is published and told is claimed and settled without what is dead in the queue", async () => {
  const storage = postgresStorage({ pool: database.pool });
  for (let number = 0; number < ENDPOINTS; number++) await insertEndpoint(storage, { tenantId: TENANT });
  const published = await storage.messages.publish({ messages: [newMessage({ tenantId: TENANT })] });
  const messages = published.map(({ message }) => ({ tenantId: TENANT, messageId: message.id }));
  const before = await readSoFar();
  const { deliveries } = await storage.queue.claim({ ...request, messages });
  const outcomes = [
    { kind: "succeeded" },
    { kind: "retry", delayMs: 60_000 },
    { kind: "exhausted", failureReason: "server_error" },
  ] as const;
  const settlements = deliveries.map(
    ({ tenantId, deliveryId, messageId, leaseToken }: ClaimedDelivery, place) => ({
      ...{ tenantId, deliveryId, messageId, leaseToken },
      outcome: outcomes[place % outcomes.length] ?? outcomes[0],
    }),
  );
  const results = await storage.queue.settle({ settlements });
  expect(results).toEqual(Array.from({ length: ENDPOINTS }, () => "applied"));
  expect((await readSoFar()) - before).toBeLessThan(ENDPOINTS * 20);
});

test("beside an open transaction, a promotion reads each dead row once at most", async () => {
  const storage = postgresStorage({ pool: database.pool });
  await storage.messages.publish({
    messages: [newMessage({ tenantId: TENANT, deliverAt: new Date(Date.now() - 1_000) })],
  });
  const before = await readSoFar();
  await storage.queue.promote({ limit: 1_000 });
  expect((await readSoFar()) - before).toBeLessThan(DEAD + ENDPOINTS * 20);
});

test("beside an open transaction, a promotion that looks at leases of late reads none of those that ended before", async () => {
  const storage = postgresStorage({ pool: database.pool });
  const before = await readSoFar();
  await storage.queue.promote({ limit: 1_000, leasesEndedWithinMs: 10_000 });
  expect((await readSoFar()) - before).toBeLessThan(ENDPOINTS * 20);
});
