import { afterAll, beforeAll, expect, test } from "vitest";
import { compileStatement } from "../src/sql/compile.js";
import { asRecords } from "../src/sql/records.js";
import { tablesIn } from "../src/sql/tables.js";
import { deliveryPage } from "../src/stores/delivery-page.js";
import { attemptFigures } from "../src/stores/statistics-store.js";
import { createMigratedDatabase } from "./migrated-database.js";

const COUNT = 40_000;
const PAGE = 51;
const tables = tablesIn("tenon");

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
  // Each fourth is open; of those, few were tried. Ids grow with n; endpoint 2 is disabled.
  await database.pool.query(`
    INSERT INTO tenon.endpoints (tenant_id, id, url, event_types, channels, metadata, while_disabled, created_at,
      updated_at, disabled_at)
    SELECT 'many', ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'https://a.example', '["*"]', '[]', '{}', 'hold',
      now(), now(), CASE WHEN n = 2 THEN now() END
    FROM generate_series(1, 3) n;
    INSERT INTO tenon.messages (tenant_id, id, type, payload, channels, created_at)
    SELECT 'many', (lpad(to_hex(n), 12, '0') || '7000' || lpad('', 16, '8'))::uuid, 'a', '{}', '[]', now()
    FROM generate_series(1, ${COUNT}) n;
    INSERT INTO tenon.deliveries (tenant_id, id, message_id, endpoint_id, state, attempt_count, failure_reason,
      is_cancelled, created_at, finished_at)
    SELECT 'many', id, id, ('00000000-0000-7000-8000-00000000000' || 1 + n % 3)::uuid,
      CASE WHEN n % 4 = 0 THEN NULL WHEN n % 97 = 0 THEN 'exhausted' WHEN n % 89 = 0 THEN 'cancelled'
        ELSE 'succeeded' END,
      1, CASE WHEN n % 4 <> 0 AND n % 97 = 0 THEN 'tls' END, n % 4 <> 0 AND n % 97 <> 0 AND n % 89 = 0, now(),
      CASE WHEN n % 4 <> 0 THEN now() END
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM tenon.messages WHERE tenant_id = 'many') m;
    INSERT INTO tenon.delivery_queue (tenant_id, delivery_id, message_id, endpoint_id, attempt_number, ready, due_at)
    SELECT tenant_id, id, id, endpoint_id, CASE WHEN row_number() OVER (ORDER BY id) % 100 = 0 THEN 1 ELSE 0 END,
      true, now()
    FROM tenon.deliveries WHERE tenant_id = 'many' AND state IS NULL;
    INSERT INTO tenon.attempts (tenant_id, id, delivery_id, endpoint_id, attempt_number, started_at, duration_ms,
      succeeded)
    SELECT tenant_id, id, id, endpoint_id, 1, created_at, 12, true FROM tenon.deliveries WHERE tenant_id = 'many'`);
  await database.pool.query(
    "VACUUM ANALYZE tenon.messages, tenon.deliveries, tenon.delivery_queue, tenon.attempts",
  );
});
afterAll(() => database.drop());

/** The plan as text, with the largest number of rows that any of its nodes gave or threw away. */
async function explain(statement: Parameters<typeof compileStatement>[0]) {
  const { text, values } = compileStatement(statement);
  const { rows } = await database.pool.query<{ "QUERY PLAN": string }>(
    `EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) ${text}`,
    [...values],
  );
  const lines = rows.map((row) => row["QUERY PLAN"]);
  const numbers = lines.flatMap((line) =>
    [...line.matchAll(/(?:actual rows=|Removed by Filter: )(\d+)/g)].map(([, number]) => Number(number)),
  );
  return { plan: lines.join("\n"), most: Math.max(...numbers) };
}

const deepCursor = `${(COUNT / 2).toString(16).padStart(12, "0")}7000${"8".repeat(16)}`;
const STATES = ["pending", "retrying", "delivering", "held", "succeeded", "exhausted", "cancelled"] as const;

for (const state of [undefined, ...STATES]) {
  for (const endpointUuid of [undefined, "00000000-0000-7000-8000-000000000002"]) {
    const where = endpointUuid === undefined ? "a tenant" : "an endpoint";
    test(`a page of ${state ?? "all"} deliveries of ${where} reads little more than a page, at the start and far on`, async () => {
      for (const before of [undefined, deepCursor]) {
        const search = { tenantId: "many", limit: PAGE, state, endpointUuid, before };
        const { plan, most } = await explain(asRecords(deliveryPage(tables, search)));
        expect(most, plan).toBeLessThanOrEqual(4 * PAGE);
      }
    });
  }
}

test("statistics read the index of one endpoint's attempts alone", async () => {
  const statement = attemptFigures(tables, {
    tenantId: "many",
    endpointUuid: "00000000-0000-7000-8000-000000000002",
    from: new Date(Date.now() - 86_400_000),
    to: new Date(Date.now() + 86_400_000),
    granularity: "hour",
  });
  const { plan, most } = await explain(asRecords(statement));
  expect(plan).toContain("Index Only Scan using attempts_endpoint");
  expect(most, plan).toBeLessThanOrEqual(Math.ceil(COUNT / 3));
});
