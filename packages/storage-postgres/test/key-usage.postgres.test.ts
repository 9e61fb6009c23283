import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { newApiKey } from "./records.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

test("a key that the host holds in a transaction makes no write of usage wait", async () => {
  const storage = postgresStorage({ pool: database.pool, statementTimeoutMs: 2_000 });
  const [held, free] = await Promise.all(
    [newApiKey(), newApiKey()].map((key) => storage.apiKeys.insert({ key })),
  );
  if (held === undefined || free === undefined) return expect.unreachable("both keys are there");
  const usedAt = new Date();
  await storage.transaction(async (handle) => {
    await storage.bind(handle).apiKeys.revoke({ tenantId: held.tenantId, keyId: held.id });
    await storage.keyUsage.record({
      counts: [],
      lastUses: [held, free].map(({ tenantId, id: keyId }) => ({ tenantId, keyId, usedAt })),
    });
  });
  expect(await storage.apiKeys.findByHash({ hash: free.hash })).toMatchObject({ lastUsedAt: usedAt });
  expect(await storage.apiKeys.findByHash({ hash: held.hash })).toMatchObject({ lastUsedAt: undefined });
});
