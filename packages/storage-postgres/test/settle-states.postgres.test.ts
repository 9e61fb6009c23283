import type { ClaimedDelivery, Settlement, Storage } from "@tenon/core/ports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { insertEndpoint, newMessage } from "./records.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const request = {
  slots: 500,
  slotsPerEndpoint: 500,
  slotsForSlow: 500,
  leaseMs: 60_000,
  leaseMarginMs: 5_000,
};

async function claimFrom(storage: Storage, tenantId: string): Promise<readonly ClaimedDelivery[]> {
  const { deliveries } = await storage.queue.claim(request);
  return deliveries.filter((one) => one.tenantId === tenantId);
}

function settleAs(
  { tenantId, deliveryId, messageId, leaseToken }: ClaimedDelivery,
  outcome: Settlement["outcome"],
): Settlement {
  return { tenantId, deliveryId, messageId, leaseToken, outcome };
}

/** As a runner does: what is held is repeated. */
async function settleAll(storage: Storage, settlements: readonly Settlement[]): Promise<readonly string[]> {
  const results = await storage.queue.settle({ settlements });
  const held = settlements.filter((_, index) => results[index] === "held");
  const others = results.filter((result) => result !== "held");
  return held.length === 0 ? others : [...others, ...(await settleAll(storage, held))];
}

test("a failure is settled while somebody holds the endpoint's state, and the next one tells it", async () => {
  const storage = postgresStorage({ pool: database.pool });
  const { id: endpointId } = await insertEndpoint(storage, { tenantId: "held" });
  await storage.messages.publish({ messages: [1, 2].map(() => newMessage({ tenantId: "held" })) });
  const [first, second] = await claimFrom(storage, "held");
  if (first === undefined || second === undefined) expect.unreachable("both are claimed");
  const holder = await database.pool.connect();
  await holder.query("BEGIN");
  await holder.query("SELECT 1 FROM tenon.endpoint_states WHERE tenant_id = 'held' FOR UPDATE");
  const failed = { kind: "retry", delayMs: 60_000 } as const;
  expect(await storage.queue.settle({ settlements: [settleAs(first, failed)] })).toEqual(["applied"]);
  const find = () => storage.endpoints.find({ tenantId: "held", endpointId });
  expect((await find())?.failingSince).toBeUndefined();
  await holder.query("ROLLBACK");
  holder.release();
  await storage.queue.settle({ settlements: [settleAs(second, failed)] });
  expect((await find())?.failingSince).toBeDefined();
});

test("eight runners settle batches over the same endpoints, in any order: none is a deadlock, all recover", async () => {
  const storage = postgresStorage({ pool: database.pool });
  for (let count = 0; count < 10; count++) await insertEndpoint(storage, { tenantId: "many" });
  for (let round = 0; round < 6; round++) {
    await storage.messages.publish({
      messages: Array.from({ length: 16 }, () => newMessage({ tenantId: "many" })),
    });
    const claimed = await claimFrom(storage, "many");
    expect(claimed).toHaveLength(160);
    const batches = Array.from({ length: 8 }, (_, runner) =>
      claimed.filter((_, index) => index % 8 === runner),
    );
    const isLast = round === 5;
    const settled = batches.map((batch, runner) => {
      const ordered = runner % 2 === 0 ? batch : batch.toReversed();
      return settleAll(
        storage,
        ordered.map((one, index) =>
          settleAs(
            one,
            isLast || index % 3 === 0
              ? { kind: "succeeded" }
              : { kind: "exhausted", failureReason: "timeout" },
          ),
        ),
      );
    });
    expect((await Promise.all(settled)).flat()).toEqual(Array(160).fill("applied"));
    if (round < 5) await database.pool.query("UPDATE tenon.endpoint_states SET slow_since = NULL");
  }
  const endpoints = await storage.endpoints.list({ tenantId: "many", limit: 50 });
  expect(endpoints.map(({ failingSince }) => failingSince)).toEqual(Array(10).fill(undefined));
});
