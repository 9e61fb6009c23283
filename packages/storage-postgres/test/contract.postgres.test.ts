import { keyChangeContract, type StorageContractOptions, storageContract } from "@tenon/contract-tests";
import pg from "pg";
import { afterAll, beforeAll, describe, test } from "vitest";
import { migrate, postgresStorage } from "../src/index.js";
import { createMigratedDatabase } from "./migrated-database.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
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
const contract = [...storageContract(options), ...keyChangeContract(options)];

describe("on PostgreSQL", () => {
  for (const { name, run } of contract) test(name, run);
});
