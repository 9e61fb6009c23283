import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DATABASES, type ProgramDatabase } from "../../black-box/src/databases.js";
import { type FacadeBench, openFacade } from "./facade-bench.js";
import { keyCalls, keyRequests } from "./key-rows.js";
import { logCalls, monitoringRequests } from "./log-rows.js";
import { type ProgramBench, startFramework } from "./program-bench.js";
import { webhookCalls, webhookRequests } from "./webhook-rows.js";

const calls = Object.entries({ ...keyCalls, ...webhookCalls, ...logCalls });
const requests = Object.entries({ ...keyRequests, ...webhookRequests, ...monitoringRequests });

describe.each(Object.entries(DATABASES))("the framework on %s", (_name, createDatabase) => {
  let databases: readonly ProgramDatabase[];
  let facade: FacadeBench;
  let program: ProgramBench;

  beforeAll(async () => {
    const [forCalls, forRequests] = await Promise.all([createDatabase(), createDatabase()]);
    databases = [forCalls, forRequests];
    [facade, program] = await Promise.all([openFacade(forCalls), startFramework(forRequests)]);
  }, 120_000);
  afterEach(() => Promise.all([facade.closeSinks(), program.closeSinks()]));
  afterAll(async () => {
    const [status] = await Promise.all([program.stop(), facade.close()]);
    expect(status).toBe(0);
    await Promise.all(databases.map((database) => database.remove()));
  });

  test.each(calls)("row %s", (_row, prove) => prove(facade));
  test.each(requests)("row %s", (_row, prove) => prove(program));
});
