import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DATABASES, type ProgramDatabase } from "../../black-box/src/databases.js";
import { deliveryRows } from "./delivery-rows.js";
import { demoCases } from "./demo-cases.js";
import { endpointRows } from "./endpoint-rows.js";
import { keyRows } from "./key-rows.js";
import { type PlatformBench, startPlatform } from "./platform-bench.js";

const rows = Object.entries({ ...keyRows, ...endpointRows, ...deliveryRows });

describe.each(Object.entries(DATABASES))("the learning platform on %s", (_name, createDatabase) => {
  let database: ProgramDatabase;
  let bench: PlatformBench;

  beforeAll(async () => {
    database = await createDatabase();
    bench = await startPlatform(database);
  });
  afterEach(() => bench.closeSinks());
  afterAll(async () => {
    expect(await bench.stop()).toBe(0);
    expect(bench.output()).not.toMatch(/warning|error/i);
    await database.remove();
  });

  test.each(rows)("row %s", (_row, prove) => prove(bench));
  test.each(Object.entries(demoCases))("%s", (_name, prove) => prove(bench));
});
