import { createTenon } from "@tenon/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { compileStatement } from "../src/sql/compile.js";
import { tablesIn } from "../src/sql/tables.js";
import { ERASED_TABLES } from "../src/stores/erasure-store.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { insertEndpoint, newApiKey, newMessage } from "./records.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

test("every table that names a tenant is erased", async () => {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'tenon' AND column_name = 'tenant_id' ORDER BY 1`,
  );
  const tables = tablesIn("tenon");
  const erased = ERASED_TABLES.map(([name]) => compileStatement(tables[name]).text);
  expect(erased.sort()).toEqual(rows.map(({ name }) => `"tenon"."${name}"`));
});

test("a transaction that holds some of a tenant's records is waited for, not overtaken", async () => {
  const storage = postgresStorage({ pool: database.pool });
  const tenon = createTenon({ storage });
  const tenantId = "held";
  await insertEndpoint(storage, { tenantId });
  await storage.messages.publish({ messages: [newMessage({ tenantId }), newMessage({ tenantId })] });
  await storage.apiKeys.insert({ key: newApiKey({ tenantId }) });
  const holder = await database.pool.connect();
  await holder.query("BEGIN");
  await holder.query("SELECT 1 FROM tenon.deliveries WHERE tenant_id = 'held' LIMIT 1 FOR UPDATE");
  const erasing = tenon.tenants.erase({ tenantId });
  const left = async (table: string) => {
    const { rows } = await database.pool.query(`SELECT 1 FROM tenon.${table} WHERE tenant_id = 'held'`);
    return rows.length;
  };
  while ((await left("api_keys")) > 0) await new Promise((resolve) => setImmediate(resolve));
  expect([await left("deliveries"), await left("messages"), await left("endpoints")]).toEqual([1, 1, 1]);
  await holder.query("ROLLBACK");
  holder.release();
  expect(await erasing).toMatchObject({ apiKeys: 1, endpoints: 1, messages: 2, deliveries: 2 });
  expect([await left("deliveries"), await left("messages"), await left("endpoints")]).toEqual([0, 0, 0]);
});
