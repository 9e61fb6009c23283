import { Kysely } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pgliteDialect, postgresStorage } from "../src/index.js";
import { newApiKey, newMessage } from "./records.js";
import { createSchema } from "./shared-pglite.js";

let database: Awaited<ReturnType<typeof createSchema>>;
beforeEach(async () => {
  database = await createSchema();
});
afterEach(() => database.drop());

interface Notes {
  notes: { text: string };
}

function openKysely(): Kysely<Notes> {
  return new Kysely<Notes>({ dialect: pgliteDialect(database.pglite) }).withSchema(database.schema);
}

test("a call that gave up waiting for PGlite says so, and never executes afterwards", async () => {
  const { pglite, schema } = database;
  const storage = postgresStorage({ pglite, schema, acquireTimeoutMs: 50 });
  const key = newApiKey();
  await pglite.transaction(async () => {
    await expect(storage.apiKeys.insert({ key })).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      operation: "apiKeys.insert",
      message: expect.stringContaining("within"),
    });
  });
  expect(await storage.apiKeys.find({ tenantId: key.tenantId, keyId: key.id })).toBeUndefined();
});

test("a transaction that gave up waiting for PGlite never runs its work", async () => {
  const { pglite, schema } = database;
  const storage = postgresStorage({ pglite, schema, acquireTimeoutMs: 50 });
  let ran = false;
  await pglite.transaction(() =>
    expect(
      storage.transaction(async () => {
        ran = true;
      }),
    ).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" }),
  );
  await storage.apiKeys.list({ tenantId: "acme", limit: 1 });
  expect(ran).toBe(false);
});

test("two Kysely instances and Tenon on one PGlite never mix transactions", async () => {
  const { pglite, schema } = database;
  const [one, other] = [openKysely(), openKysely()];
  const storage = postgresStorage({ pglite, schema });
  await one.schema.createTable("notes").addColumn("text", "text").execute();
  const [kept, undone] = [newMessage(), newMessage()];
  const rollback = new Error("rollback");
  const results = await Promise.allSettled([
    one.transaction().execute(async (trx) => {
      await trx.insertInto("notes").values({ text: "undone" }).execute();
      await storage.bind(trx).messages.publish({ messages: [undone] });
      throw rollback;
    }),
    other.transaction().execute(async (trx) => {
      await trx.insertInto("notes").values({ text: "kept" }).execute();
      await storage.bind(trx).messages.publish({ messages: [kept] });
    }),
    storage.apiKeys.insert({ key: newApiKey({ name: "from outside" }) }),
    one.insertInto("notes").values({ text: "alone" }).execute(),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled", "fulfilled"]);
  const notes = await other.selectFrom("notes").select("text").orderBy("text").execute();
  expect(notes).toEqual([{ text: "alone" }, { text: "kept" }]);
  const messages = await storage.messages.list({ tenantId: "acme", limit: 10 });
  expect(messages.map(({ id }) => id)).toEqual([kept.id]);
  expect(await storage.apiKeys.list({ tenantId: "acme", limit: 10 })).toHaveLength(1);
});

test("pgliteDialect has savepoints, isolation levels and counts of changed rows", async () => {
  const db = openKysely();
  await db.schema.createTable("notes").addColumn("text", "text").execute();
  const trx = await db.startTransaction().setIsolationLevel("serializable").execute();
  await trx.insertInto("notes").values({ text: "kept" }).execute();
  const afterSavepoint = await trx.savepoint("first").execute();
  await afterSavepoint.insertInto("notes").values({ text: "undone" }).execute();
  const back = await afterSavepoint.rollbackToSavepoint("first").execute();
  await back.commit().execute();
  expect(await db.selectFrom("notes").selectAll().execute()).toEqual([{ text: "kept" }]);
  const [update] = await db.updateTable("notes").set({ text: "changed" }).execute();
  expect(update?.numUpdatedRows).toBe(1n);
});

test("a failed COMMIT reaches the caller, and PGlite serves the next transaction", async () => {
  const { pglite, schema } = database;
  const db = openKysely();
  await pglite.exec(`CREATE TABLE ${schema}.parents (id int PRIMARY KEY);
    CREATE TABLE ${schema}.notes (text text, parent int REFERENCES ${schema}.parents DEFERRABLE INITIALLY DEFERRED DEFAULT 7)`);
  const failed = db
    .transaction()
    .execute((trx) => trx.insertInto("notes").values({ text: "orphan" }).execute());
  await expect(failed).rejects.toMatchObject({ code: "23503" });
  expect(await db.transaction().execute((trx) => trx.selectFrom("notes").selectAll().execute())).toEqual([]);
});
