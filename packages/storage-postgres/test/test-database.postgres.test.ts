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
