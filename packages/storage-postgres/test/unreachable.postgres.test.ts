import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createTenon } from "@tenon/core";
import pg from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type PgClient, postgresStorage } from "../src/index.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { insertEndpoint, newApiKey } from "./records.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const unavailable = { code: "STORAGE_UNAVAILABLE", retryable: true, operation: "apiKeys.findByHash" };

test("a server that refuses connections is STORAGE_UNAVAILABLE", async () => {
  const pool = new pg.Pool({ connectionString: "postgres://tenon:s3cret@127.0.0.1:1/none" });
  const error = await postgresStorage({ pool })
    .apiKeys.findByHash({ hash: "ab" })
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject(unavailable);
  expect(String(error)).not.toContain("s3cret");
});

test("a server that never answers is STORAGE_UNAVAILABLE within the acquire limit", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const pool = new pg.Pool({ host: "127.0.0.1", port, user: "tenon", database: "none" });
  const storage = postgresStorage({ pool, acquireTimeoutMs: 100 });
  const before = performance.now();
  await expect(storage.apiKeys.findByHash({ hash: "ab" })).rejects.toMatchObject(unavailable);
  expect(performance.now() - before).toBeLessThan(5_000);
  silent.close();
});

test("a busy pool is STORAGE_UNAVAILABLE within the limit, and the late connection goes straight back", async () => {
  const pool = database.openPool({ max: 1 });
  const storage = postgresStorage({ pool, acquireTimeoutMs: 50 });
  const only = await pool.connect();
  await expect(storage.apiKeys.findByHash({ hash: "ab" })).rejects.toMatchObject(unavailable);
  only.release();
  expect(await storage.apiKeys.findByHash({ hash: "ab" })).toBeUndefined();
  expect({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }).toEqual({
    total: 1,
    idle: 1,
    waiting: 0,
  });
});

test("a statement that hangs is given up, its connection closed, and the next call served", async () => {
  const { pool } = database;
  const storage = postgresStorage({ pool, statementTimeoutMs: 100 });
  const endpoint = await insertEndpoint(storage);
  const blocker = await pool.connect();
  await blocker.query("BEGIN");
  await blocker.query("SELECT 1 FROM tenon.endpoints FOR UPDATE");
  const reference = { tenantId: endpoint.tenantId, endpointId: endpoint.id };
  await expect(storage.endpoints.disable({ ...reference, reason: "manual" })).rejects.toMatchObject({
    code: "STORAGE_UNAVAILABLE",
    operation: "endpoints.disable",
  });
  await blocker.query("ROLLBACK");
  blocker.release();
  expect(await storage.endpoints.find(reference)).toMatchObject({ id: endpoint.id });
});

test.each(["statement_timeout", "lock_timeout"])(
  "a statement that the database's own %s cancels is STORAGE_UNAVAILABLE too: limits are counted without it",
  async (setting) => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1, options: `-c ${setting}=1000` });
    onTestFinished(() => pool.end());
    const storage = postgresStorage({ pool });
    const limits = [{ name: "hour", limit: 2, windowSeconds: 3600, algorithm: "sliding-window" as const }];
    const [held, beside] = [`held-${setting}`, `beside-${setting}`];
    const charges = [{ subject: held, cost: 1, limits }];
    await storage.rateLimits.consume({ charges });
    const blocker = await database.pool.connect();
    await blocker.query("BEGIN");
    await blocker.query("SELECT 1 FROM tenon.rate_limits FOR UPDATE");
    const severalSubjects = [...charges, { subject: beside, cost: 1, limits }];
    for (const asked of [charges, severalSubjects]) {
      await expect(storage.rateLimits.consume({ charges: asked })).rejects.toMatchObject({
        code: "STORAGE_UNAVAILABLE",
      });
    }
    const tenon = createTenon({ storage });
    expect(await tenon.limits.consume({ subject: held, limits })).toMatchObject({ allowed: true });
    await blocker.query("ROLLBACK");
    blocker.release();
    // The connection has answered, and serves on.
    expect(await storage.rateLimits.consume({ charges })).toMatchObject({ allowed: true });
  },
);

test("a connection that is cut between two statements fails the call, not the process", async () => {
  const storage = postgresStorage({ pool: database.pool });
  const work = storage.transaction(async (handle) => {
    const { rows } = await (
      handle as pg.PoolClient & { query: (text: string, values: unknown[]) => Promise<unknown> }
    )
      .query("SELECT pg_backend_pid()::text AS pid", [])
      .then((answer: unknown) => ({ rows: answer as { pid: string }[] }));
    await database.pool.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
    await storage.bind(handle).apiKeys.insert({ key: newApiKey() });
  });
  await expect(work).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  expect(await storage.apiKeys.list({ tenantId: "nobody", limit: 1 })).toEqual([]);
});

test("a pool whose connections never come keeps no call waiting, transactions included", async () => {
  const pool = { connect: () => new Promise<PgClient>(() => {}) };
  const storage = postgresStorage({ pool, acquireTimeoutMs: 20 });
  await expect(storage.transaction(async () => {})).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
});

test("an error never repeats the values that were sent", async () => {
  const storage = postgresStorage({ pool: database.pool });
  const key = newApiKey({ name: "planted-secret \0" });
  const error = await storage.apiKeys.insert({ key }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "STORAGE_FAILED", retryable: false });
  expect(String(error)).not.toContain("planted-secret");
});
