import type { ClaimedDelivery, Settlement, Storage } from "@tenon/core/ports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createDeliveringKit } from "./faults/delivering-kit.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { insertEndpoint, newMessage } from "./records.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const request = { slots: 100, slotsPerEndpoint: 100, slotsForSlow: 100, leaseMarginMs: 5_000 };
const answered = { ok: true, headers: {}, body: new Uint8Array(), truncated: false } as const;
const SUCCEEDED = { kind: "succeeded" } as const;

async function claimFrom(
  storage: Storage,
  tenantId: string,
  leaseMs = 60_000,
): Promise<readonly ClaimedDelivery[]> {
  await storage.queue.promote({ limit: 1_000 });
  const { deliveries } = await storage.queue.claim({ ...request, leaseMs });
  return deliveries.filter((one) => one.tenantId === tenantId);
}

function settleAs(claimed: ClaimedDelivery, outcome: Settlement["outcome"]): Settlement {
  const { tenantId, deliveryId, messageId, leaseToken } = claimed;
  return { tenantId, deliveryId, messageId, leaseToken, outcome };
}

/** Two endpoints, the first failing, with one delivery each under way. */
async function prepare(storage: Storage, tenantId: string, fields: { readonly fifo?: boolean } = {}) {
  const { id: endpointId } = await insertEndpoint(storage, { tenantId, ...fields });
  const { id: otherId } = await insertEndpoint(storage, { tenantId });
  const publish = (to: string) =>
    storage.messages.publish({ messages: [newMessage({ tenantId, endpointId: to })] });
  await publish(endpointId);
  const [failed] = await claimFrom(storage, tenantId);
  if (failed === undefined) return expect.unreachable("the first is claimed");
  await storage.queue.settle({
    settlements: [settleAs(failed, { kind: "exhausted", failureReason: "dns" })],
  });
  await publish(endpointId);
  await publish(endpointId);
  await publish(otherId);
  const claimed = await claimFrom(storage, tenantId);
  const mine = claimed.find((one) => one.endpointId === endpointId);
  const other = claimed.find((one) => one.endpointId === otherId);
  if (mine === undefined || other === undefined) return expect.unreachable("both are claimed");
  const find = () => storage.endpoints.find({ tenantId, endpointId });
  const stateOf = async ({ deliveryId }: ClaimedDelivery) =>
    (await storage.deliveries.find({ tenantId, deliveryId }))?.state;
  return { endpointId, mine, other, find, stateOf };
}

/** A transaction of the host's that stays open. */
async function openTransaction() {
  const client = await database.pool.connect();
  await client.query("BEGIN");
  const end = async (command: "COMMIT" | "ROLLBACK") => {
    await client.query(command);
    client.release();
  };
  return { client, end };
}

/** The state of the endpoint is the host's: it was switched off and on again. */
async function switchOffAndOn(storage: Storage, endpoint: { tenantId: string; endpointId: string }) {
  const { client, end } = await openTransaction();
  const bound = storage.bind(client);
  await bound.endpoints.disable({ ...endpoint, reason: "manual" });
  await bound.endpoints.enable(endpoint);
  return end;
}

test("while a host holds an endpoint's state, its recovery is held and others are settled", async () => {
  const storage = postgresStorage({ pool: database.pool, statementTimeoutMs: 5_000 });
  const { endpointId, mine, other, find, stateOf } = await prepare(storage, "recovery");
  const end = await switchOffAndOn(storage, { tenantId: "recovery", endpointId });
  const settlements = [settleAs(mine, SUCCEEDED), settleAs(other, SUCCEEDED)];
  expect(await storage.queue.settle({ settlements })).toEqual(["held", "applied"]);
  expect([await stateOf(mine), await stateOf(other)]).toEqual(["delivering", "succeeded"]);
  await end("ROLLBACK");
  expect((await find())?.failingSince).toBeInstanceOf(Date);
  expect(await storage.queue.settle({ settlements })).toEqual(["applied", "lost"]);
  expect(await stateOf(mine)).toBe("succeeded");
  expect((await find())?.failingSince).toBeUndefined();
});

test("a pause that a receiver asked for is held, and not lost", async () => {
  const storage = postgresStorage({ pool: database.pool, statementTimeoutMs: 5_000 });
  const { endpointId, mine } = await prepare(storage, "pause");
  const end = await switchOffAndOn(storage, { tenantId: "pause", endpointId });
  const settlements = [settleAs(mine, { kind: "retry", delayMs: 60_000, pauseMs: 60_000 })];
  expect(await storage.queue.settle({ settlements })).toEqual(["held"]);
  await end("COMMIT");
  expect(await storage.queue.settle({ settlements })).toEqual(["applied"]);
  await storage.messages.publish({ messages: [newMessage({ tenantId: "pause", endpointId })] });
  expect(await claimFrom(storage, "pause")).toEqual([]);
});

test("the head of a fifo endpoint that failed is held, and nothing overtakes it", async () => {
  const storage = postgresStorage({ pool: database.pool, statementTimeoutMs: 5_000 });
  const { endpointId, mine, stateOf } = await prepare(storage, "fifo", { fifo: true });
  const end = await switchOffAndOn(storage, { tenantId: "fifo", endpointId });
  const settlements = [settleAs(mine, { kind: "retry", delayMs: 60_000 })];
  expect(await storage.queue.settle({ settlements })).toEqual(["held"]);
  expect(await claimFrom(storage, "fifo")).toEqual([]);
  await end("COMMIT");
  expect(await claimFrom(storage, "fifo")).toEqual([]);
  expect(await storage.queue.settle({ settlements })).toEqual(["applied"]);
  expect(await stateOf(mine)).toBe("retrying");
  expect(await claimFrom(storage, "fifo")).toEqual([]);
});

test("a held delivery stays leased, so that nobody makes a second attempt meanwhile", async () => {
  const storage = postgresStorage({ pool: database.pool, statementTimeoutMs: 5_000 });
  const { endpointId, mine } = await prepare(storage, "leased");
  const end = await switchOffAndOn(storage, { tenantId: "leased", endpointId });
  const justBefore = new Date(Date.now() + 58_000);
  const settlements = [settleAs(mine, SUCCEEDED)];
  expect(await storage.queue.settle({ settlements, now: justBefore })).toEqual(["held"]);
  await end("ROLLBACK");
  const afterLease = new Date(justBefore.getTime() + 8_000);
  await storage.queue.promote({ limit: 1_000, now: afterLease });
  expect(await storage.queue.settle({ settlements, now: afterLease })).toEqual(["applied"]);
});

test("a settlement after its lease doesn't wait for a transaction that discards the delivery", async () => {
  const storage = postgresStorage({ pool: database.pool, statementTimeoutMs: 5_000 });
  const { mine, other, stateOf } = await prepare(storage, "discarded");
  const { deliveryId, tenantId } = mine;
  const later = new Date(Date.now() + 120_000);
  const { client, end } = await openTransaction();
  expect(await storage.bind(client).replays.discard({ tenantId, deliveryId, now: later })).toBe(true);
  const settlements = [settleAs(mine, SUCCEEDED), settleAs(other, SUCCEEDED)];
  expect(await storage.queue.settle({ settlements, now: later })).toEqual(["held", "applied"]);
  await end("COMMIT");
  expect(await storage.queue.settle({ settlements, now: later })).toEqual(["lost", "lost"]);
  expect(await stateOf(mine)).toBe("cancelled");
});

test("a failing endpoint isn't waited for that a host's transaction is changing; the next failure judges it", async () => {
  const storage = postgresStorage({ pool: database.pool, statementTimeoutMs: 5_000 });
  const { endpointId } = await prepare(storage, "judged");
  const judge = () =>
    storage.endpoints.disableFailing({ tenantId: "judged", endpointId, warnAfterMs: 0, disableAfterMs: 0 });
  const { client, end } = await openTransaction();
  await storage.bind(client).endpoints.update({ tenantId: "judged", endpointId, changes: { name: "new" } });
  expect(await judge()).toBeUndefined();
  await end("COMMIT");
  expect(await judge()).toBe("disabled");
});

test("a runner settles others at once, and what was held after the host's commit, with one attempt each", async () => {
  const tenantId = "runner";
  const storage = postgresStorage({ pool: database.pool });
  const paths: string[] = [];
  let holding: ReturnType<typeof switchOffAndOn> | undefined;
  const tenon = createDeliveringKit(database.pool, {
    webhooks: { retrySchedule: { kind: "list", delaysSeconds: [0, 600] } },
    transport: {
      check: () => ({ ok: true }),
      async request({ url }) {
        const { pathname } = new URL(url);
        paths.push(pathname);
        if (paths.length === 1) return { ...answered, status: 500 };
        if (pathname === "/failing") {
          holding ??= switchOffAndOn(storage, { tenantId, endpointId: failing.id });
          await holding;
        }
        return { ...answered, status: 204 };
      },
    },
  });
  const create = (type: string) =>
    tenon.endpoints.create({ tenantId, url: `https://partner.example/${type}`, eventTypes: [type] });
  const failing = await create("failing");
  await create("other");
  const publish = async (type: string) =>
    (await tenon.webhooks.publish({ tenantId, type, data: {} })).message;
  await publish("failing");
  await tenon.webhooks.runOnce();
  const [mine, other] = [await publish("failing"), await publish("other")];
  const stateOf = async (messageId: string) =>
    (await tenon.deliveries.list({ tenantId, messageId })).items[0]?.state;

  const delivered = tenon.webhooks.runOnce();
  while ((await stateOf(other.id)) !== "succeeded") await new Promise((resolve) => setImmediate(resolve));
  expect(await stateOf(mine.id)).toBe("delivering");
  const end = await holding;
  await end?.("ROLLBACK");
  expect(await delivered).toEqual({ attemptCount: 2 });
  expect(await stateOf(mine.id)).toBe("succeeded");
  expect(paths.toSorted()).toEqual(["/failing", "/failing", "/other"]);
  expect((await tenon.endpoints.get({ tenantId, endpointId: failing.id })).failingSince).toBeUndefined();
});
