import { afterAll, beforeAll, expect, test } from "vitest";
import { createMigratedDatabase } from "./migrated-database.js";
import { findTenantless } from "./tenant-in-statements.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

/** The columns of every primary key, unique index and foreign key of Tenon's tables, in their order. */
async function readKeys(): Promise<readonly { kind: string; table: string; columns: readonly string[] }[]> {
  const { rows } = await database.pool.query<{ kind: string; table: string; columns: string[] }>(`
    SELECT 'unique' AS kind, i.indrelid::regclass::text AS table, (
      SELECT array_agg(a.attname::text ORDER BY place) FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k(number, place)
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
    ) AS columns
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = 'tenon'::regnamespace AND i.indisunique
    UNION ALL
    SELECT 'foreign', f.conrelid::regclass::text, (
      SELECT array_agg(a.attname::text ORDER BY place) FROM unnest(f.conkey::int[]) WITH ORDINALITY AS k(number, place)
      JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number
    )
    FROM pg_constraint f WHERE f.contype = 'f' AND f.connamespace = 'tenon'::regnamespace`);
  return rows.map(({ table, ...key }) => ({ ...key, table: table.replace("tenon.", "") }));
}

test("every key of every table leads with the tenant, but for what is keyed by its own key", async () => {
  const keys = await readKeys();
  const { rows } = await database.pool.query<{ table: string }>(
    "SELECT tablename AS table FROM pg_tables WHERE schemaname = 'tenon' ORDER BY 1",
  );
  const tables = rows.map(({ table }) => table);
  expect(tables).toEqual(expect.arrayContaining(["api_keys", "messages", "deliveries", "delivery_queue"]));
  for (const table of tables) expect(keys.filter((key) => key.table === table)).not.toEqual([]);
  expect(keys.filter(({ kind }) => kind === "foreign").length).toBeGreaterThan(2);
  expect(keys.filter(({ columns }) => columns[0] !== "tenant_id")).toEqual(
    expect.arrayContaining([
      // A key is looked up by its hash before its tenant is known.
      { kind: "unique", table: "api_keys", columns: ["hash"] },
      { kind: "unique", table: "rate_limits", columns: ["subject"] },
      { kind: "unique", table: "migrations", columns: ["number"] },
    ]),
  );
  expect(keys.filter(({ columns }) => columns[0] !== "tenant_id")).toHaveLength(3);
});

test("a statement that leaves the tenant out is found", () => {
  const text = (sql: string) => findTenantless(sql);
  expect(text('SELECT 1 FROM "tenon"."messages" WHERE tenant_id = $1')).toEqual([]);
  expect(text('SELECT 1 FROM "tenon"."messages" WHERE id = $1')).toEqual(["messages"]);
  expect(text('INSERT INTO "tenon"."messages" (tenant_id, id) VALUES ($1, $2)')).toEqual([]);
  expect(text('INSERT INTO "tenon"."messages" (id) VALUES ($1)')).toEqual(["messages"]);
  const joined = 'UPDATE "tenon"."deliveries" d SET state = $1 FROM finished f WHERE ';
  expect(text(`${joined} d.tenant_id = f.tenant_id AND d.id = f.id`)).toEqual([]);
  expect(text(`${joined} d.id = f.id`)).toEqual(["deliveries"]);
  expect(
    text(
      'SELECT 1 FROM "tenon"."endpoints" e JOIN "tenon"."messages" m ON m.id = e.id WHERE e.tenant_id = $1',
    ),
  ).toEqual(["messages"]);
});
