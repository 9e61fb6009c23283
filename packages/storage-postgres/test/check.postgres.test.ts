import { postgresStorage } from "@tenon/storage-postgres";
import pg from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { ALL_MIGRATIONS } from "../src/migrations/all-migrations.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { createTestDatabase } from "./test-database.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;

beforeEach(async () => {
  database = await createMigratedDatabase();
});
afterEach(() => database.drop());

test("a database without our tables lacks every migration, and stays as it was", async () => {
  const empty = await createTestDatabase(inject("postgres").url);
  const pool = new pg.Pool({ connectionString: empty.url });
  pool.on("error", () => {});
  const { pendingMigrations } = await postgresStorage({ pool }).check();
  expect(pendingMigrations).toHaveLength(ALL_MIGRATIONS.length);
  expect(pendingMigrations[0]).toBe("0001 first_tables");
  const { rows } = await pool.query("SELECT 1 FROM pg_namespace WHERE nspname = 'tenon'");
  expect(rows).toEqual([]);
  await pool.end();
  await empty.drop();
});

test("a migration that isn't recorded is pending; one of a later release is not our concern", async () => {
  const storage = postgresStorage({ pool: database.pool });
  await database.pool.query(
    "INSERT INTO tenon.migrations (number, name) VALUES (9999, 'of_a_later_release')",
  );
  expect(await storage.check()).toEqual({ pendingMigrations: [] });
  await database.pool.query("DELETE FROM tenon.migrations WHERE number = 4");
  expect(await storage.check()).toEqual({ pendingMigrations: ["0004 replay"] });
});

test("a schema of another name is the one looked at", async () => {
  const storage = postgresStorage({ pool: database.pool, schema: "Other" });
  expect((await storage.check()).pendingMigrations).toHaveLength(ALL_MIGRATIONS.length);
});

test("a database that takes no writes, such as a standby, can't be used", async () => {
  const pool = new pg.Pool({
    connectionString: database.url,
    options: "-c default_transaction_read_only=on",
  });
  pool.on("error", () => {});
  await expect(postgresStorage({ pool }).check()).rejects.toMatchObject({
    code: "STORAGE_UNAVAILABLE",
    operation: "check",
  });
  await pool.end();
});

test("a database that can't be reached rejects with `STORAGE_UNAVAILABLE`", async () => {
  const pool = new pg.Pool({ host: "127.0.0.1", port: 1 });
  await expect(postgresStorage({ pool }).check()).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  await pool.end();
});

test("the oldest due delivery is found without reading the backlog", async () => {
  const { pool } = database;
  const id = (table: number) => `format('00000000-0000-7000-${table}000-%s', lpad(i::text, 12, '0'))::uuid`;
  await pool.query(`INSERT INTO tenon.endpoints
    (tenant_id, id, url, event_types, channels, metadata, while_disabled, created_at, updated_at)
    SELECT 'acme', ${id(8)}, 'https://example.com', '[]', '[]', '{}', 'hold', now(), now()
    FROM generate_series(1, 3) i`);
  await pool.query(`INSERT INTO tenon.delivery_queue
    (tenant_id, delivery_id, message_id, endpoint_id, attempt_number, ready, due_at)
    SELECT 'acme', ${id(9)}, ${id(9)}, format('00000000-0000-7000-8000-%s', lpad((1 + i % 3)::text, 12, '0'))::uuid,
      0, i <= 90000, timestamptz '2026-01-01' + i * interval '1 second'
    FROM generate_series(1, 100000) i`);
  await pool.query("ANALYZE tenon.delivery_queue");
  const readBefore = await tuplesRead(pool);
  const now = new Date("2026-01-02T00:00:00.000Z");
  expect(await postgresStorage({ pool }).queue.oldestDue({ now })).toEqual({
    dueAt: new Date("2026-01-01T00:00:01.000Z"),
    ageMs: 86_399_000,
  });
  expect((await tuplesRead(pool)) - readBefore).toBeLessThan(100);
});

/** Rows of the queue that statements have read so far. */
async function tuplesRead(pool: pg.Pool): Promise<number> {
  await pool.query("SELECT pg_stat_force_next_flush()");
  const { rows } = await pool.query<{ readonly read: string }>(
    `SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) AS read FROM pg_stat_user_tables
     WHERE schemaname = 'tenon' AND relname = 'delivery_queue'`,
  );
  return Number(rows[0]?.read);
}
