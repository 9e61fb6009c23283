import type { TestPostgres } from "./test-postgres.js";

declare module "vitest" {
  interface TaskMeta {
    /** Set by a test on PGlite: the PostgreSQL version that PGlite is, as `SHOW server_version` gives it. */
    pgliteServerVersion?: string;
  }
}

/** The part of vitest's `TestModule` that is read here. */
export interface RanModule {
  readonly relativeModuleId: string;
  state(): string;
  errors(): readonly unknown[];
  readonly children: {
    allTests(): Iterable<RanTest>;
    allSuites(): Iterable<{ errors(): readonly unknown[] }>;
  };
}

interface RanTest {
  readonly fullName: string;
  result(): { readonly state: string };
  meta(): { readonly pgliteServerVersion?: string };
}

export interface TestRun {
  readonly modules: readonly RanModule[];
  /** Faults outside of any test: unhandled rejections, a setup that failed, a teardown that failed. */
  readonly outsideErrorCount: number;
  /** False when the command line asked for some of the tests only: then nothing is missing. */
  readonly isFullRun: boolean;
  readonly pgliteVersion: string;
  readonly postgres: TestPostgres | undefined;
}

export interface TestSummary {
  /** What is printed; the last line is `N passed, N failed`. */
  readonly lines: readonly string[];
  readonly succeeded: boolean;
}

const STORAGES = [
  { name: "memory", file: /^packages\/storage-memory\/.*\.test\.ts$/ },
  { name: "PGlite", file: /\.pglite\.test\.ts$/ },
  { name: "PostgreSQL", file: /\.postgres\.test\.ts$/ },
  { name: "Redis", file: /^packages\/storage-redis\/.*\.test\.ts$/ },
] as const;

type StorageName = (typeof STORAGES)[number]["name"];

/**
 * Counts a run's cases and names the storages that at least one of them passed on.
 * In a full run nothing may be left out: a test that didn't run, or a storage that none ran on, counts as failed.
 */
export function summarizeRun(run: TestRun): TestSummary {
  const tests = run.modules.flatMap((module) =>
    [...module.children.allTests()].map((test) => ({ file: module.relativeModuleId, test })),
  );
  const inState = (state: string) => tests.filter(({ test }) => test.result().state === state);
  const passed = inState("passed");
  const leftOut = tests.filter(({ test }) => !["passed", "failed"].includes(test.result().state));
  const missing = STORAGES.filter(({ file }) => !passed.some((one) => file.test(one.file)));
  const ran = STORAGES.filter((storage) => !missing.includes(storage));

  const failedCount =
    inState("failed").length +
    run.modules.reduce((count, module) => count + brokenPartCount(module), run.outsideErrorCount) +
    (run.isFullRun ? leftOut.length + missing.length : 0);
  const pgliteServer = passed.map(({ test }) => test.meta().pgliteServerVersion).find((version) => version);
  const names = ran.map(({ name }) => describeStorage(name, run, pgliteServer));
  return {
    lines: [
      ...(run.isFullRun ? leftOut.map(({ file, test }) => `did not run: ${file} > ${test.fullName}`) : []),
      ...(run.isFullRun ? missing.map(({ name }) => `missing storage: no test passed on ${name}`) : []),
      `storages: ${names.length === 0 ? "none" : names.join(", ")}`,
      `${passed.length} passed, ${failedCount} failed`,
    ],
    succeeded: failedCount === 0 && passed.length > 0,
  };
}

/** Failures that belong to no test: a file that doesn't load or was never finished, a `beforeAll` that throws. */
function brokenPartCount(module: RanModule): number {
  const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0).length;
  const isBroken = module.errors().length > 0 || !["passed", "failed", "skipped"].includes(module.state());
  return suites + (isBroken ? 1 : 0);
}

function describeStorage(name: StorageName, run: TestRun, pgliteServer: string | undefined): string {
  if (name === "PGlite") {
    return `PGlite ${run.pgliteVersion}${pgliteServer === undefined ? "" : ` (PostgreSQL ${shortVersion(pgliteServer)})`}`;
  }
  if (name === "PostgreSQL" && run.postgres !== undefined) {
    return `PostgreSQL ${shortVersion(run.postgres.version)} (${run.postgres.source})`;
  }
  return name;
}

/** Distributions add their own to the version: `15.18 (Debian 15.18-0+deb12u1)`. */
function shortVersion(version: string): string {
  return version.split(" ")[0] ?? version;
}
