import { startChild } from "../measure/child.js";
import { interleave, startContestant } from "../measure/interleave.js";
import { callsPerSecond } from "../measure/slice.js";
import { type BytesAnswer, TRACKED_SUBJECTS } from "../memory/report-bytes.js";
import { compare, type Row } from "../report/row.js";
import { type BenchPostgres, openBenchPostgres } from "./bench-postgres.js";
import { openBenchRedis } from "./bench-redis.js";
import type { SubjectPattern } from "./charge-work.js";

interface Size {
  readonly rounds: number;
  readonly sliceMs: number;
}

/** Slices of a size that says something, and such that only show that everything runs. */
const FULL: Size = { rounds: 5, sliceMs: 600 };
const QUICK: Size = { rounds: 1, sliceMs: 100 };

/** How fast limits are charged in PostgreSQL and in Redis, and how much memory tracked subjects take. */
export async function measureLimits({ isQuick }: { readonly isQuick: boolean }): Promise<{
  readonly rows: readonly Row[];
  readonly servers: readonly string[];
}> {
  const size = isQuick ? QUICK : FULL;
  const postgres = await openBenchPostgres();
  try {
    const rows = [
      ...(await inPostgres(
        postgres,
        { pattern: "many", what: "two windows, 10,000 subjects", target: 1.5 },
        size,
      )),
      ...(await inPostgres(
        postgres,
        { pattern: "one", what: "two windows, one hot subject", target: 2 },
        size,
      )),
      ...(await inPostgres(
        postgres,
        {
          pattern: "key-and-tenant",
          what: "key and tenant: two subjects of 10,000 and 100, one window each",
          target: 2,
        },
        size,
      )),
      await leased(postgres, size),
    ];
    const redis = await inRedis(size);
    return {
      rows: [...rows, ...redis.rows, ...(await inMemory())],
      servers: [postgres.description, redis.server],
    };
  } finally {
    await postgres.stop();
  }
}

async function inPostgres(
  postgres: BenchPostgres,
  scenario: { readonly pattern: SubjectPattern; readonly what: string; readonly target: number },
  size: Size,
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
    size,
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

async function leased(postgres: BenchPostgres, size: Size): Promise<Row> {
  const start = async (env: Readonly<Record<string, string>>) =>
    startContestant("limits/contestants/tenon", {
      BENCH_DATABASE_URL: await postgres.createDatabase(),
      BENCH_PATTERN: "busy",
      ...env,
    });
  const slices = await interleave(
    { leased: await start({ BENCH_LEASED: "1" }), exact: await start({}) },
    size,
  );
  return compare({
    what: "PostgreSQL, 64 in flight: two windows, 100 busy subjects, leased",
    against: "the same limits, exact",
    unit: "calls per second",
    ours: slices.leased.map(callsPerSecond),
    theirs: slices.exact.map(callsPerSecond),
    target: 20,
  });
}

async function inRedis(size: Size): Promise<{ readonly rows: readonly Row[]; readonly server: string }> {
  const redis = await openBenchRedis();
  if (redis === undefined) return { rows: [], server: "no Redis (its rows are left out)" };
  const env = { BENCH_REDIS_URL: redis.url, BENCH_PATTERN: "many" };
  try {
    const slices = await interleave(
      {
        tenon: await startContestant("limits/contestants/tenon-redis", env),
        flexible: await startContestant("limits/contestants/rate-limiter-flexible-redis", env),
      },
      size,
    );
    const row = compare({
      what: "Redis, 64 in flight: two windows, 10,000 subjects",
      against: "rate-limiter-flexible twice",
      unit: "calls per second",
      ours: slices.tenon.map(callsPerSecond),
      theirs: slices.flexible.map(callsPerSecond),
      target: 1,
    });
    return { rows: [row], server: redis.description };
  } finally {
    await redis.stop();
  }
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
