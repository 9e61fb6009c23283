import { afterAll, beforeAll, expect, test } from "vitest";
import { compileStatement } from "../src/sql/compile.js";
import { tablesIn } from "../src/sql/tables.js";
import { lockEndpoints, type SeenEndpointRow } from "../src/stores/lock-endpoints.js";
import { takeDeliveries } from "../src/stores/take-deliveries.js";
import { createMigratedDatabase } from "./migrated-database.js";

const ENDPOINTS = 100;
const READY_PER_ENDPOINT = 50;
const PAUSED = 10;
const SLOTS = 60;
const tables = tablesIn("tenon");

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
  // The first ten endpoints are paused, the next ten take one delivery at a time.
  await database.pool.query(`
    INSERT INTO tenon.endpoints (tenant_id, id, url, event_types, channels, metadata, while_disabled, concurrency,
      created_at, updated_at)
    SELECT 'many', lpad(to_hex(n), 32, '0')::uuid, 'https://a.example', '["*"]', '[]', '{}', 'hold',
      CASE WHEN n <= 20 THEN 1 END, now(), now()
    FROM generate_series(1, ${ENDPOINTS}) n;
    INSERT INTO tenon.endpoint_states (tenant_id, endpoint_id, paused_until)
    SELECT tenant_id, id, CASE WHEN row_number() OVER (ORDER BY id) <= ${PAUSED} THEN now() + interval '1 hour' END
    FROM tenon.endpoints;
    INSERT INTO tenon.messages (tenant_id, id, type, payload, channels, created_at)
    SELECT 'many', lpad(to_hex(n), 32, '0')::uuid, 'a', '{}', '[]', now()
    FROM generate_series(1, ${ENDPOINTS * READY_PER_ENDPOINT}) n;
    INSERT INTO tenon.delivery_queue (tenant_id, delivery_id, message_id, endpoint_id, ready, due_at)
    SELECT 'many', lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid,
      lpad(to_hex(1 + n % ${ENDPOINTS}), 32, '0')::uuid, true, now()
    FROM generate_series(1, ${ENDPOINTS * READY_PER_ENDPOINT}) n`);
  await database.pool.query(
    "VACUUM ANALYZE tenon.endpoints, tenon.endpoint_states, tenon.messages, tenon.delivery_queue",
  );
});
afterAll(() => database.drop());

test.each([
  { looks: ENDPOINTS, locks: SLOTS },
  { looks: PAUSED + 20, locks: 20 },
])(
  "a claim that looks at $looks endpoints reads one entry of what is ready for each, and its batch",
  async (search) => {
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN");
      const explain = async (statement: Parameters<typeof compileStatement>[0]) => {
        const { text, values } = compileStatement(statement);
        const { rows } = await client.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`, [
          ...values,
        ]);
        return rows[0]["QUERY PLAN"][0].Plan as Plan;
      };
      const lock = lockEndpoints(tables, { after: undefined, at: undefined, ...search });
      const { text, values } = compileStatement(lock);
      const { rows: seen } = await client.query<SeenEndpointRow>(text, [...values]);
      const locked = seen.filter((endpoint) => endpoint.locked);
      expect(locked).toHaveLength(search.locks);
      expect(readyRowsRead(await explain(lock))).toBe(search.looks);

      const request = { slots: SLOTS, slotsPerEndpoint: 16, slotsForSlow: 32, leaseMs: 1, leaseMarginMs: 1 };
      const take = await explain(takeDeliveries(tables, locked, request));
      expect(take["Actual Rows"]).toBe(SLOTS);
      expect(readyRowsRead(take)).toBe(SLOTS);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  },
);

interface Plan {
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Index Name"?: string;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

/** Entries of the index of ready deliveries that were read, the same one counted each time. */
function readyRowsRead(plan: Plan): number {
  const below = (plan.Plans ?? []).reduce((sum, child) => sum + readyRowsRead(child), 0);
  if (plan["Index Name"] !== "delivery_queue_endpoint_ready") return below;
  return below + (plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0)) * plan["Actual Loops"];
}
