import { CamelCasePlugin, Kysely, PostgresDialect } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { insertEndpoint, newApiKey, newMessage } from "./records.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const connectors = {
  pool: () => postgresStorage({ pool: database.pool }),
  kysely: () =>
    postgresStorage({
      kysely: new Kysely<object>({
        dialect: new PostgresDialect({ pool: database.pool }),
        plugins: [new CamelCasePlugin()],
      }),
    }),
};

test.each(Object.entries(connectors))(
  "on a %s, transaction commits or undoes the whole",
  async (_name, open) => {
    const storage = open();
    const [kept, undone] = [newApiKey(), newApiKey()];
    let ended: unknown;
    await storage.transaction(async (handle) => {
      ended = handle;
      await storage.bind(handle).apiKeys.insert({ key: kept });
    });
    const failure = new Error("no");
    const failed = storage.transaction(async (handle) => {
      await storage.bind(handle).apiKeys.insert({ key: undone });
      throw failure;
    });
    await expect(failed).rejects.toBe(failure);
    expect(await storage.apiKeys.findByHash({ hash: kept.hash })).toBeDefined();
    expect(await storage.apiKeys.findByHash({ hash: undone.hash })).toBeUndefined();
    const late = Promise.resolve().then(() => storage.bind(ended).apiKeys.insert({ key: undone }));
    await expect(late).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  },
);

test.each(Object.entries(connectors))(
  "on a %s, a transaction whose failed statement was swallowed never looks committed",
  async (_name, open) => {
    const storage = open();
    const work = storage.transaction(async (handle) => {
      const bound = storage.bind(handle);
      const broken = newApiKey({ metadata: { text: "\0" } });
      await bound.apiKeys.insert({ key: broken }).catch(() => {});
    });
    await expect(work).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  },
);

test("a claim sees leases taken before it got the lock, whatever isolation the database defaults to", async () => {
  const { pool, url } = database;
  await pool.query(
    `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_isolation = 'repeatable read'`,
  );
  const isolated = database.openPool({ max: 10 });
  const storage = postgresStorage({ pool: isolated });
  await insertEndpoint(storage, { tenantId: "claims" });
  await storage.messages.publish({
    messages: Array.from({ length: 40 }, () => newMessage({ tenantId: "claims" })),
  });
  const runners = Array.from({ length: 8 }, async () => {
    const claimed: string[] = [];
    for (let round = 0; round < 5; round++) {
      const { deliveries } = await storage.queue.claim({
        slots: 8,
        slotsPerEndpoint: 5,
        slotsForSlow: 5,
        leaseMs: 60_000,
        leaseMarginMs: 5_000,
      });
      claimed.push(...deliveries.map(({ deliveryId }) => deliveryId));
    }
    return claimed;
  });
  const claimed = (await Promise.all(runners)).flat();
  expect(new Set(claimed).size).toBe(claimed.length);
  expect(claimed).toHaveLength(5);
});

test("an open transaction that has published hides no endpoint from the claim, and doesn't hold up disabling it", async () => {
  const storage = postgresStorage({ pool: database.pool });
  const endpoint = await insertEndpoint(storage, { tenantId: "open" });
  await storage.messages.publish({ messages: [newMessage({ tenantId: "open" })] });
  await storage.transaction(async (handle) => {
    await storage.bind(handle).messages.publish({ messages: [newMessage({ tenantId: "open" })] });
    const { deliveries } = await storage.queue.claim({
      slots: 50,
      slotsPerEndpoint: 50,
      slotsForSlow: 50,
      leaseMs: 60_000,
      leaseMarginMs: 5_000,
    });
    expect(deliveries.filter(({ tenantId }) => tenantId === "open")).toHaveLength(1);
    const disabled = await storage.endpoints.disable({
      tenantId: "open",
      endpointId: endpoint.id,
      reason: "manual",
    });
    expect(disabled?.disabledAt).toBeDefined();
  });
});
