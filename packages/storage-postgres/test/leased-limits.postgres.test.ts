import { race } from "@tenon/contract-tests";
import { createTenon } from "@tenon/core";
import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createMigratedDatabase, type MigratedDatabase } from "./migrated-database.js";

const PROCESSES = 4;

let database: MigratedDatabase;
let pools: pg.Pool[];
beforeAll(async () => {
  database = await createMigratedDatabase();
  pools = Array.from({ length: PROCESSES }, () => database.openPool({ max: 4 }));
});
afterAll(() => database.drop());

const year = {
  name: "year",
  limit: 1000,
  windowSeconds: 366 * 86_400,
  algorithm: "fixed-window" as const,
  precision: "leased" as const,
};

test("processes that lease from one database accept never more than the limit, and at most one share less each", async () => {
  const processes = pools.map((pool) => createTenon({ storage: postgresStorage({ pool }) }));
  const answers = await race(16, async (client) => {
    const limits = processes[client % PROCESSES]?.limits;
    let accepted = 0;
    for (let round = 0; round < 10; round++) {
      const calls = Array.from({ length: 10 }, () => limits?.consume({ subject: "a", limits: [year] }));
      accepted += (await Promise.all(calls)).filter((verdict) => verdict?.allowed).length;
    }
    return accepted;
  });
  const accepted = answers.reduce((sum, count) => sum + count, 0);
  expect(accepted).toBeLessThanOrEqual(1000);
  expect(accepted).toBeGreaterThanOrEqual(1000 - PROCESSES * 20);
});
