import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { newMessage } from "./records.js";

type Query = (...args: readonly unknown[]) => unknown;

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

/** What hosts put around a client's `query`, to trace it say. */
const WRAPPERS: Readonly<Record<string, (query: Query) => Query>> = {
  "passes everything on": (query) => query,
  "is async, and passes the callback on":
    (query) =>
    async (...args) => {
      const answer = await query(...args);
      return answer;
    },
  "takes no callback, and promises the answer": (query) => (statement, values) => query(statement, values),
};

test.each(Object.entries(WRAPPERS))(
  "a client whose query %s answers, and tells of errors",
  async (_, wrap) => {
    const pool = database.openPool({ max: 2 });
    pool.on("connect", (client: pg.PoolClient) => {
      Object.assign(client, { query: wrap(client.query.bind(client) as Query) });
    });
    const storage = postgresStorage({ pool });
    const message = newMessage();
    await storage.transaction((handle) => storage.bind(handle).messages.publish({ messages: [message] }));
    const reference = { tenantId: message.tenantId, messageId: message.id };
    expect(await storage.messages.find(reference)).toMatchObject({ id: message.id });
    const missing = postgresStorage({ pool, schema: "not_there" });
    await expect(missing.messages.find(reference)).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  },
);
