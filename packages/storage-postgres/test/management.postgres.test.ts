import { httpContract } from "@tenon/contract-tests/http";
import * as providers from "@tenon/verify-webhook/providers";
import express from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expressFramework } from "../../adapters-express/test/serve-express.js";
import { migrate, postgresStorage } from "../src/index.js";
import { createMigratedDatabase } from "./migrated-database.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

/** What a storage decides: races, transactions, pages, and whose a record is. */
const decided =
  /^management: .*(If-Match|at once|repeated|forgotten|page by page|in part|two tenants|recovered|recorded|counted|no storage keeps)/;

describe("the management API on PostgreSQL", () => {
  let schema = "";
  const cases = httpContract({
    framework: expressFramework(express),
    createStorage: () => postgresStorage({ pool: database.pool, schema }),
    providers,
  }).filter(({ name }) => decided.test(name));

  test("is put to its cases", () => expect(cases.length).toBeGreaterThan(10));
  for (const [number, { name, run }] of cases.entries()) {
    test(name, async () => {
      schema = `management_${number}`;
      await migrate({ pool: database.pool, schema });
      await run();
    });
  }
});
