import { sql as drizzleSql } from "drizzle-orm";
import { drizzle as drizzleOnPg } from "drizzle-orm/node-postgres";
import { drizzle as drizzleOnPostgresJs } from "drizzle-orm/postgres-js";
import knexFactory from "knex";
import { CamelCasePlugin, Kysely, PostgresDialect } from "kysely";
import { Kysely as OtherKysely, PostgresDialect as OtherPostgresDialect } from "kysely-another-copy";
import type pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  fromDrizzle,
  fromKnex,
  fromPostgresJs,
  fromPrisma,
  type PrismaTransaction,
  postgresStorage,
} from "../src/index.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { insertEndpoint, newApiKey, newMessage } from "./records.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
let js: postgres.Sql;
beforeAll(async () => {
  database = await createMigratedDatabase();
  js = postgres(database.url, { max: 2, onnotice: () => {} });
});
afterAll(async () => {
  await js.end();
  await database.drop();
});

type InTransaction = (work: (handle: unknown) => Promise<void>) => Promise<unknown>;

async function onClient(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    await work(client);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

const forms: Record<string, InTransaction> = {
  "a Kysely transaction": (work) =>
    new Kysely<object>({ dialect: new PostgresDialect({ pool: database.pool }) }).transaction().execute(work),
  "a Kysely transaction with CamelCasePlugin": (work) =>
    new Kysely<object>({
      dialect: new PostgresDialect({ pool: database.pool }),
      plugins: [new CamelCasePlugin()],
    })
      .transaction()
      .execute(work),
  "a transaction of another copy of Kysely": (work) =>
    new OtherKysely<object>({ dialect: new OtherPostgresDialect({ pool: database.pool }) })
      .transaction()
      .execute(work),
  "a pg client": (work) => onClient(work),
  "{ query } that resolves to rows": (work) =>
    onClient((client) =>
      work({ query: async (text: string, values: unknown[]) => (await client.query(text, values)).rows }),
    ),
  "drizzle on node-postgres": (work) =>
    drizzleOnPg(database.pool).transaction((tx) => work(fromDrizzle(tx, drizzleSql))),
  "drizzle on postgres.js": (work) =>
    drizzleOnPostgresJs(js).transaction((tx) => work(fromDrizzle(tx, drizzleSql))),
  knex: async (work) => {
    const knex = knexFactory({ client: "pg", connection: database.url });
    try {
      return await knex.transaction((trx) => work(fromKnex(trx)));
    } finally {
      await knex.destroy();
    }
  },
  "postgres.js": (work) => js.begin((tx) => work(fromPostgresJs(tx))),
  "a stub of Prisma's $queryRawUnsafe": (work) =>
    onClient((client) => {
      const tx: PrismaTransaction = {
        $queryRawUnsafe: async (text, ...values) => (await client.query(text, values)).rows,
      };
      return work(fromPrisma(tx));
    }),
};

describe.each(Object.entries(forms))("within %s", (_name, inTransaction) => {
  test("what is written and committed is there, byte for byte", async () => {
    const storage = postgresStorage({ pool: database.pool });
    const message = newMessage({
      payload: '{"text":"what? $1 \\\\u0000 \\u0000 \\"é😀\\" {x}"}',
      channels: ["a?", "b"],
      deliverAt: new Date("2031-02-03T04:05:06.789Z"),
      idempotencyKey: newMessage().id,
      requestHash: "ab".repeat(32),
    });
    const key = newApiKey({
      metadata: { camelCase: 1, snake_case: [null, true] },
      expiresAt: new Date(1e12),
    });
    await inTransaction(async (handle) => {
      const bound = storage.bind(handle);
      await insertEndpoint(bound);
      const [outcome] = await bound.messages.publish({ messages: [message] });
      expect(outcome?.deliveryCount).toBeGreaterThan(0);
      const [again] = await bound.messages.publish({ messages: [{ ...message, id: newMessage().id }] });
      expect(again).toMatchObject({ duplicate: true, message: { id: message.id } });
      await bound.apiKeys.insert({ key });
      await bound.transaction(async (inner) => {
        await storage.bind(inner).apiKeys.revoke({ tenantId: key.tenantId, keyId: key.id });
      });
    });
    const { createdAt, ...stored } = (await storage.messages.find({
      tenantId: message.tenantId,
      messageId: message.id,
    })) ?? { createdAt: undefined };
    expect(stored).toEqual(message);
    expect(createdAt).toBeInstanceOf(Date);
    expect(await storage.apiKeys.findByHash({ hash: key.hash })).toMatchObject({
      ...key,
      revokedAt: expect.any(Date),
    });
  });

  test("what is rolled back is gone, deliveries and all", async () => {
    const storage = postgresStorage({ pool: database.pool });
    await insertEndpoint(storage);
    const message = newMessage();
    const rollback = new Error("rollback");
    const work = inTransaction(async (handle) => {
      const [outcome] = await storage.bind(handle).messages.publish({ messages: [message] });
      expect(outcome?.deliveryCount).toBeGreaterThan(0);
      throw rollback;
    });
    await expect(work).rejects.toBe(rollback);
    const { tenantId, id: messageId } = message;
    expect(await storage.messages.find({ tenantId, messageId })).toBeUndefined();
    expect(await storage.deliveries.list({ tenantId, messageId, limit: 1 })).toEqual([]);
  });

  test("an expected conflict leaves the host's transaction usable", async () => {
    const storage = postgresStorage({ pool: database.pool });
    const key = newApiKey();
    await storage.apiKeys.insert({ key });
    const next = newApiKey();
    await inTransaction(async (handle) => {
      const bound = storage.bind(handle);
      await expect(bound.apiKeys.insert({ key })).rejects.toMatchObject({ code: "CONFLICT" });
      await bound.apiKeys.insert({ key: next });
    });
    expect(await storage.apiKeys.findByHash({ hash: next.hash })).toBeDefined();
  });
});

describe("bind refuses what isn't a transaction", () => {
  const refused: Record<string, () => unknown> = {
    "a pool": () => database.pool,
    "a Kysely": () => new Kysely<object>({ dialect: new PostgresDialect({ pool: database.pool }) }),
    "a PGlite instance": () => ({ query: async () => ({ rows: [] }), transaction: async () => {} }),
    "drizzle's database": () => drizzleOnPg(database.pool),
    "postgres.js's sql": () => js,
    undefined: () => undefined,
    "a string": () => "BEGIN",
    "an empty object": () => ({}),
  };
  test.each(Object.entries(refused))("%s", (_name, make) => {
    const storage = postgresStorage({ pool: database.pool });
    expect(() => storage.bind(make())).toThrowError(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
