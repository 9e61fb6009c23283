import { afterAll, beforeAll, describe } from "vitest";
import { postgresStorage } from "../../src/index.js";
import { createMigratedDatabase } from "../migrated-database.js";
import { auditTests, type Host } from "./audit-tests.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
  await database.pool.query("CREATE TABLE host_rows (name text NOT NULL)");
});
afterAll(() => database.drop());

function host(): Host {
  const { pool } = database;
  return {
    storage: postgresStorage({ pool }),
    async transaction(row, work) {
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        await client.query("INSERT INTO host_rows VALUES ($1)", [row]);
        await work(client);
        await client.query("COMMIT");
      } catch (error) {
        await client.query("ROLLBACK");
        throw error;
      } finally {
        client.release();
      }
    },
    rows: async () => (await pool.query("SELECT name FROM host_rows")).rows.map(({ name }) => name),
  };
}

describe("on PostgreSQL", () => auditTests(host));
