import { startChild } from "../measure/child.js";
import { interleave, startContestant } from "../measure/interleave.js";
import { callsPerSecond } from "../measure/slice.js";
import { type BytesAnswer, TRACKED_SUBJECTS } from "../memory/report-bytes.js";
import { compare, type Row } from "../report/row.js";
import { type BenchPostgres, openBenchPostgres } from "./bench-postgres.js";
import type { SubjectPattern } from "./postgres-work.js";

/** How fast limits are charged in PostgreSQL, and how much memory tracked subjects take. */
export async function measureLimits(): Promise<{ readonly rows: readonly Row[]; readonly postgres: string }> {
  const postgres = await openBenchPostgres();
  try {
    const rows = [
      ...(await inPostgres(postgres, { pattern: "many", what: "two windows, 10,000 subjects", target: 1.5 })),
      ...(await inPostgres(postgres, { pattern: "one", what: "two windows, one hot subject", target: 2 })),
      ...(await inPostgres(postgres, {
        pattern: "key-and-tenant",
        what: "key and tenant: two subjects of 10,000 and 100, one window each",
        target: 2,
      })),
      ...(await inMemory()),
    ];
    return { rows, postgres: postgres.description };
  } finally {
    await postgres.stop();
  }
}

async function inPostgres(
  postgres: BenchPostgres,
  scenario: { readonly pattern: SubjectPattern; readonly what: string; readonly target: number },
): Promise<readonly Row[]> {
  const start = async (name: string, env: Readonly<Record<string, string>> = {}) =>
    startContestant(`limits/contestants/${name}`, {
      BENCH_DATABASE_URL: await postgres.createDatabase(),
      BENCH_PATTERN: scenario.pattern,
      ...env,
    });
  const slices = await interleave(
    {
      tenon: await start("tenon"),
      flexible: await start("rate-limiter-flexible"),
      unlogged: await start("rate-limiter-flexible", { BENCH_UNLOGGED: "1" }),
    },
    { rounds: 5, sliceMs: 600 },
  );
  const what = `PostgreSQL, 64 in flight: ${scenario.what}`;
  const unit = "calls per second";
  const ours = slices.tenon.map(callsPerSecond);
  return [
    compare({
      what,
      against: "rate-limiter-flexible twice",
      unit,
      ours,
      theirs: slices.flexible.map(callsPerSecond),
      target: scenario.target,
    }),
    compare({
      what,
      against: "the same, its table made UNLOGGED by hand",
      unit,
      ours,
      theirs: slices.unlogged.map(callsPerSecond),
    }),
  ];
}

async function inMemory(): Promise<readonly Row[]> {
  const bytes = async (name: string) => {
    const child = await startChild(`memory/contestants/${name}`, { execArgv: ["--expose-gc"] });
    await child.stop();
    return [(child.greeting as BytesAnswer).bytesPerSubject];
  };
  const subjects = `${TRACKED_SUBJECTS.toLocaleString("en")} subjects in memory, one window`;
  const common = { unit: "bytes per subject beyond its text (less is better)", lessIsBetter: true };
  const ours = await bytes("tenon");
  const budget = [160];
  return [
    compare({ ...common, what: subjects, against: "the budget", ours, theirs: budget, target: 1 }),
    compare({ ...common, what: subjects, against: "a bare Map", ours, theirs: await bytes("bare-map") }),
    compare({
      ...common,
      what: subjects,
      against: "express-rate-limit",
      ours,
      theirs: await bytes("express-rate-limit"),
    }),
    compare({
      ...common,
      what: subjects,
      against: "rate-limiter-flexible",
      ours,
      theirs: await bytes("rate-limiter-flexible"),
    }),
    compare({
      ...common,
      what: subjects.replace("one window", "two windows"),
      against: "the budget",
      ours: await bytes("tenon-two-limits"),
      theirs: budget,
    }),
  ];
}
