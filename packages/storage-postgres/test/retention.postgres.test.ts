import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { compileStatement } from "../src/sql/compile.js";
import { asRecords } from "../src/sql/records.js";
import { tablesIn } from "../src/sql/tables.js";
import {
  findOldMessages,
  listTenantsStatement,
  removeEndpoints,
  removeMessages,
  removeUsage,
} from "../src/stores/retention-statements.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { insertEndpoint, newMessage } from "./records.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const request = { slots: 500, slotsPerEndpoint: 500, slotsForSlow: 500, leaseMs: 60_000, leaseMarginMs: 0 };
const now = new Date(Date.now() + 86_400_000);
const old = { retentionMs: 1_000, limit: 100, now };

/** A tenant with an endpoint and so many messages, each delivered once. */
async function deliverAll(tenantId: string, count: number) {
  const storage = postgresStorage({ pool: database.pool });
  const { id: endpointId } = await insertEndpoint(storage, { tenantId });
  const messages = Array.from({ length: count }, () => newMessage({ tenantId }));
  await storage.messages.publish({ messages });
  const { deliveries } = await storage.queue.claim(request);
  await storage.queue.settle({
    settlements: deliveries.map(({ deliveryId, messageId, leaseToken }) => ({
      ...{ tenantId, deliveryId, messageId, leaseToken },
      outcome: { kind: "exhausted", failureReason: "tls" },
    })),
  });
  const ids = deliveries.filter((one) => one.tenantId === tenantId);
  expect(ids).toHaveLength(count);
  return { storage, endpointId, messages, deliveries: ids };
}

test("while one process prunes, the others leave it to that one", async () => {
  const { storage } = await deliverAll("alone", 3);
  await storage.transaction(async (handle) => {
    const inside = await storage.bind(handle).retention.pruneMessages({ tenantId: "alone", ...old });
    expect(inside).toMatchObject({ messages: 3, isOver: true });
    expect(await storage.retention.pruneMessages({ tenantId: "alone", ...old })).toBeUndefined();
    expect(await storage.retention.pruneEndpoints(old)).toBeUndefined();
    expect(await storage.retention.pruneUsage(old)).toBeUndefined();
  });
  expect(await storage.retention.pruneMessages({ tenantId: "alone", ...old })).toMatchObject({ messages: 0 });
});

test("a step that is under way holds up no publish, claim, settlement or listing", async () => {
  const { storage, endpointId } = await deliverAll("busy", 20);
  const impatient = postgresStorage({ pool: database.pool, statementTimeoutMs: 2_000 });
  await storage.transaction(async (handle) => {
    const step = await storage.bind(handle).retention.pruneMessages({ tenantId: "busy", ...old });
    expect(step).toMatchObject({ messages: 20 });
    await impatient.messages.publish({ messages: [newMessage({ tenantId: "busy" })] });
    const { deliveries } = await impatient.queue.claim(request);
    const [claimed] = deliveries.filter((one) => one.tenantId === "busy");
    if (claimed === undefined) return expect.unreachable("it is claimed");
    const { tenantId, deliveryId, messageId, leaseToken } = claimed;
    const settlement = {
      ...{ tenantId, deliveryId, messageId, leaseToken },
      outcome: { kind: "succeeded" },
    } as const;
    expect(await impatient.queue.settle({ settlements: [settlement] })).toEqual(["applied"]);
    expect(await impatient.deliveries.list({ tenantId, endpointId, limit: 50 })).toHaveLength(21);
  });
});

test("what a host's transaction retries or resends at that moment stays, and is not waited for", async () => {
  const { storage, endpointId, messages, deliveries } = await deliverAll("held", 4);
  const other = await insertEndpoint(storage, { tenantId: "held" });
  const [retried, resent] = [deliveries[0], deliveries[1]];
  if (retried === undefined || resent === undefined) return expect.unreachable("there are four");
  await storage.transaction(async (handle) => {
    const { replays } = storage.bind(handle);
    await replays.retry({ tenantId: "held", deliveryId: retried.deliveryId });
    await replays.resend({ tenantId: "held", messageId: resent.messageId, endpointId: other.id });
    const impatient = postgresStorage({ pool: database.pool, statementTimeoutMs: 2_000 });
    const step = await impatient.retention.pruneMessages({ tenantId: "held", ...old });
    expect(step).toMatchObject({ messages: 2, deliveries: 2 });
  });
  const kept = await storage.messages.list({ tenantId: "held", limit: 50 });
  expect(kept.map(({ id }) => id).sort()).toEqual([retried.messageId, resent.messageId].sort());
  expect(messages).toHaveLength(4);
  expect(await storage.deliveries.list({ tenantId: "held", endpointId, limit: 50 })).toHaveLength(2);
});

test("eight callers resend and retry what eight others prune: all of it goes, or all of it stays", async () => {
  const { storage, endpointId, deliveries } = await deliverAll("race", 80);
  const calls = deliveries.flatMap(({ messageId, deliveryId }, index) => [
    ...(index % 2 === 0
      ? [storage.replays.resend({ tenantId: "race", messageId, endpointId })]
      : [storage.replays.retry({ tenantId: "race", deliveryId })]),
    ...(index % 10 === 0 ? [storage.retention.pruneMessages({ tenantId: "race", ...old, limit: 30 })] : []),
  ]);
  await Promise.all(calls);
  const messages = await storage.messages.list({ tenantId: "race", limit: 500 });
  const left = await storage.deliveries.list({ tenantId: "race", limit: 500 });
  expect(new Set(left.map(({ messageId }) => messageId))).toEqual(new Set(messages.map(({ id }) => id)));
  expect(left.filter(({ state }) => state === "pending" || state === "retrying")).toHaveLength(
    messages.length,
  );
});

test("among 20,000 messages a step reads what it removes, by index", async () => {
  const { pool } = database;
  await pool.query(`
    INSERT INTO tenon.endpoints (tenant_id, id, url, event_types, channels, metadata, while_disabled, created_at, updated_at)
    VALUES ('many', gen_random_uuid(), 'https://a.example', '["*"]', '[]', '{}', 'hold', now(), now());
    INSERT INTO tenon.messages (tenant_id, id, type, payload, channels, created_at)
    SELECT 'many', (lpad(to_hex(n), 12, '0') || '7000' || lpad('', 16, '8'))::uuid, 'a', '{}', '[]', now()
    FROM generate_series(1, 20000) n;
    INSERT INTO tenon.deliveries (tenant_id, id, message_id, endpoint_id, state, attempt_count, created_at, finished_at)
    SELECT m.tenant_id, m.id, m.id, e.id, 'succeeded', 1, now(), now()
    FROM tenon.messages m JOIN tenon.endpoints e ON e.tenant_id = m.tenant_id WHERE m.tenant_id = 'many';
    INSERT INTO tenon.attempts (tenant_id, id, delivery_id, endpoint_id, attempt_number, started_at, duration_ms, succeeded)
    SELECT d.tenant_id, d.id, d.id, d.endpoint_id, 1, now(), 12, true FROM tenon.deliveries d WHERE d.tenant_id = 'many';
    ANALYZE tenon.messages, tenon.deliveries, tenon.attempts`);
  const tables = tablesIn("tenon");
  const search = { tenantId: "many", afterUuid: undefined, ...old };
  const { rows } = await pool.query<{ id: string }>(
    "SELECT id FROM tenon.messages WHERE tenant_id = 'many' ORDER BY id LIMIT 100",
  );
  const ended = rows.map(({ id }) => id);
  const statements = {
    list: asRecords(listTenantsStatement(tables, { limit: 100 })),
    find: asRecords(findOldMessages(tables, search)),
    remove: removeMessages(tables, ended, search),
    endpoints: removeEndpoints(tables, old),
    usage: removeUsage(tables, old),
  };
  for (const [name, statement] of Object.entries(statements)) {
    const { text, values } = compileStatement(statement);
    const client = await pool.connect();
    await client.query("BEGIN");
    const plan = await client.query<{ "QUERY PLAN": string }>(
      `EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) ${text}`,
      [...values],
    );
    await client.query("ROLLBACK");
    client.release();
    const lines = plan.rows.map((row) => row["QUERY PLAN"]);
    const most = Math.max(...lines.map((line) => Number(/actual rows=(\d+)/.exec(line)?.[1] ?? 0)));
    expect(most, `${name}\n${lines.join("\n")}`).toBeLessThanOrEqual(500);
    expect(lines.join("\n"), name).not.toMatch(/Rows Removed by Filter: \d{4}/);
  }
});
