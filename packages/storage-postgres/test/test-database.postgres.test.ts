import { setImmediate } from "node:timers/promises";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { createTestDatabase } from "./test-database.js";

test("the tests' server is PostgreSQL 15 or later and gives databases of their own", async () => {
  const database = await createTestDatabase(inject("postgres").url);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ major: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS major",
  );
  await client.end();
  await database.drop();
  expect(rows[0]?.major).toBeGreaterThanOrEqual(15);
});

test("dropping a database waits for a connection that is just ending, and doesn't end it by force", async () => {
  const database = await createTestDatabase(inject("postgres").url);
  const complaints: unknown[] = [];
  const leaving = new pg.Client({ connectionString: database.url });
  leaving.on("error", (error) => complaints.push(error));
  await leaving.connect();
  let isDropped = false;
  const dropping = database.drop().then(() => {
    isDropped = true;
  });
  const watcher = new pg.Client({ connectionString: inject("postgres").url });
  await watcher.connect();
  const name = new URL(database.url).pathname.slice(1);
  const isWaiting = async () => {
    const { rows } = await watcher.query(
      "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DROP DATABASE%' || $1::text || '%'",
      [name],
    );
    return rows.length > 0;
  };
  while (!isDropped && !(await isWaiting())) await setImmediate();
  await leaving.end();
  await dropping;
  await watcher.end();
  expect(complaints).toEqual([]);
});
