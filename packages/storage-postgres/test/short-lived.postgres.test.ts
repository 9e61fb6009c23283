import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createMigratedDatabase } from "./migrated-database.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const place = { tenantId: "acme", purpose: "idempotency" };
const entry = (key: string, value: string) => ({ ...place, key, value, expiresInSeconds: 3_600 });

test.each([
  { ending: "commits", second: { stored: false, existing: "first" } },
  { ending: "rolls back", second: { stored: true } },
])("a value put in a transaction that $ending decides for one that waited", async ({ ending, second }) => {
  const storage = postgresStorage({ pool: database.pool });
  const key = `order ${ending}`;
  let waiting: Promise<unknown> | undefined;
  const first = storage.transaction(async (handle) => {
    await storage.bind(handle).shortLived.putIfAbsent(entry(key, "first"));
    waiting = storage.transaction((other) =>
      storage.bind(other).shortLived.putIfAbsent(entry(key, "second")),
    );
    await untilSomebodyWaits();
    if (ending === "rolls back") throw new Error("roll back");
  });
  await Promise.allSettled([first]);
  expect(await waiting).toEqual(second);
});

test("values outlive a crash of the server, as they would not in an unlogged table", async () => {
  const { rows } = await database.pool.query(
    "SELECT relpersistence FROM pg_class WHERE oid = 'tenon.short_lived'::regclass",
  );
  expect(rows).toEqual([{ relpersistence: "p" }]);
});

/** Asks the server, until a statement of this database waits for a lock. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (rows.length > 0) return;
  }
}
