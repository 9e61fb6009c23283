import {
  keyChangeContract,
  queueChangeContract,
  type StorageContractOptions,
  storageContract,
} from "@tenon/contract-tests";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate, postgresStorage } from "../src/index.js";
import { createMigratedDatabase } from "./migrated-database.js";
import { recordStatements } from "./record-statements.js";
import { findTenantless } from "./tenant-in-statements.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
let statements: ReadonlySet<string>;
beforeAll(async () => {
  database = await createMigratedDatabase();
  statements = recordStatements(database.pool);
});
afterAll(() => database.drop());

let schemas = 0;
const options: StorageContractOptions = {
  create: async () => {
    const { pool } = database;
    schemas += 1;
    const schema = `contract_${schemas}`;
    await migrate({ pool, schema });
    const close = async () => {
      await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    };
    const listen = () => new pg.Client({ connectionString: database.url });
    return { storage: postgresStorage({ pool, schema, listen }), close };
  },
};
const contract = [
  ...storageContract(options),
  ...keyChangeContract(options),
  ...queueChangeContract(options),
];

describe("on PostgreSQL", () => {
  for (const { name, run } of contract) test(name, run);

  test("every statement sent meanwhile names the tenant of every table it touches, claims and pruning excepted", () => {
    const ours = [...statements].filter((text) => text.includes('"contract_'));
    expect(ours.length).toBeGreaterThan(50);
    expect(ours.flatMap((text) => findTenantless(text).map((table) => ({ table, text })))).toEqual([]);
  });
});
