import { createTenon } from "@tenon/core";
import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createMigratedDatabase, type MigratedDatabase } from "./migrated-database.js";

const LIMITS = [{ name: "hour", limit: 100, windowSeconds: 3600 }];

let database: MigratedDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

/** The names of what the pool's only connection keeps prepared. */
async function namesOn(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>("SELECT name FROM pg_prepared_statements");
  return rows.map(({ name }) => name);
}

test("a connection keeps no statement prepared unless told to", async () => {
  const pool = database.openPool({ max: 1 });
  const tenon = createTenon({ storage: postgresStorage({ pool }) });
  await tenon.limits.consume({ subject: "plain", limits: LIMITS });
  expect(await namesOn(pool)).toEqual([]);
});

test("a statement that is sent again is planned under the name it has", async () => {
  const pool = database.openPool({ max: 1 });
  const tenon = createTenon({ storage: postgresStorage({ pool, preparedStatements: true }) });
  const accepted = async () => (await tenon.limits.consume({ subject: "named", limits: LIMITS })).allowed;
  // The first adds the subject, the others change it: another statement.
  for (let call = 0; call < 2; call++) expect(await accepted()).toBe(true);
  const names = await namesOn(pool);
  expect(names.length).toBeGreaterThan(0);
  expect(await accepted()).toBe(true);
  expect(await namesOn(pool)).toEqual(names);
});

test("two storages on one connection never meet under one name", async () => {
  const pool = database.openPool({ max: 1 });
  const [one, other] = [1, 2].map(() => postgresStorage({ pool, preparedStatements: true }));
  const request = { limit: 1 };
  await one?.queue.promote(request);
  await other?.queue.oldestDue({});
  await other?.queue.promote(request);
  await one?.queue.oldestDue({});
  const names = await namesOn(pool);
  expect(new Set(names).size).toBe(4);
});
