import { afterAll, beforeAll, expect, test } from "vitest";
import { compileStatement } from "../src/sql/compile.js";
import { tablesIn } from "../src/sql/tables.js";
import { lockEndpoints, type SeenEndpointRow } from "../src/stores/lock-endpoints.js";
import { takeDeliveries } from "../src/stores/take-deliveries.js";
import { createMigratedDatabase } from "./migrated-database.js";

const ENDPOINTS = 100;
const ROWS = 20_000;
const SLOTS = 64;
const tables = tablesIn("tenon");

/** Statements that queue deliveries of so many messages, to the endpoints in turn. */
const fill = (from: number, to: number, ready: "true" | "false") => `
    INSERT INTO tenon.messages (tenant_id, id, type, payload, channels, created_at)
    SELECT 'many', lpad(to_hex(n), 32, '0')::uuid, 'a', '{}', '[]', now() FROM generate_series(${from}, ${to}) n;
    INSERT INTO tenon.delivery_queue (tenant_id, delivery_id, message_id, endpoint_id, ready, due_at)
    SELECT 'many', lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid,
      lpad(to_hex(1 + n % ${ENDPOINTS}), 32, '0')::uuid, ${ready}, now() + interval '1 hour'
    FROM generate_series(${from}, ${to}) n`;

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
  // A burst after a quiet time: the planner knows of future deliveries, and of none that is ready or under way.
  await database.pool.query(`
    ALTER TABLE tenon.delivery_queue SET (autovacuum_enabled = false);
    ALTER TABLE tenon.messages SET (autovacuum_enabled = false);
    INSERT INTO tenon.endpoints (tenant_id, id, url, event_types, channels, metadata, while_disabled, created_at,
      updated_at)
    SELECT 'many', lpad(to_hex(n), 32, '0')::uuid, 'https://a.example', '["*"]', '[]', '{}', 'hold', now(), now()
    FROM generate_series(1, ${ENDPOINTS}) n;
    INSERT INTO tenon.endpoint_states (tenant_id, endpoint_id) SELECT tenant_id, id FROM tenon.endpoints;
    ${fill(1, ROWS, "false")}`);
  await database.pool.query("ANALYZE");
  await database.pool.query(fill(ROWS + 1, ROWS + 6_400, "true"));
});
afterAll(() => database.drop());

test("a claim reads no more than it takes, although the planner knew of nothing that was ready", async () => {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    const lock = compileStatement(
      lockEndpoints(tables, { after: undefined, looks: ENDPOINTS, locks: SLOTS, at: undefined }),
    );
    const { rows: seen } = await client.query<SeenEndpointRow>(lock.text, [...lock.values]);
    const locked = seen.filter((endpoint) => endpoint.locked);
    const request = { slots: SLOTS, slotsPerEndpoint: 16, slotsForSlow: 32, leaseMs: 1, leaseMarginMs: 1 };
    const take = compileStatement(takeDeliveries(tables, locked, request));
    const { rows } = await client.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${take.text}`, [
      ...take.values,
    ]);
    const plan = rows[0]["QUERY PLAN"][0].Plan as Plan;
    expect(plan["Actual Rows"]).toBe(SLOTS);
    // Each is read to be chosen, to be locked and to be leased.
    expect(rowsRead(plan, "delivery_queue")).toBeLessThanOrEqual(4 * SLOTS);
    expect(rowsRead(plan, "messages")).toBeLessThanOrEqual(SLOTS);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});

interface Plan {
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Relation Name"?: string;
  readonly "Node Type": string;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

/** Rows of a table that any part of the plan looked at, the same one counted each time. */
function rowsRead(plan: Plan, table: string): number {
  const below = (plan.Plans ?? []).reduce((sum, child) => sum + rowsRead(child, table), 0);
  if (plan["Relation Name"] !== table || !plan["Node Type"].endsWith("Scan")) return below;
  return below + (plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0)) * plan["Actual Loops"];
}
