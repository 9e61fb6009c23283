import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { type CoalesceOptions, createCoalescer } from "../src/stores/rate-limits/coalesce.js";

test("a job that finds nobody waiting runs alone; those that queue up behind it run together", async () => {
  const { runs, runBehind, open } = createRuns({ mostRuns: 1 });
  const jobs = await runBehind(1, [2, 3]);
  open();
  expect(await Promise.all(jobs)).toEqual([10, 20, 30]);
  expect(runs).toEqual([[1], [2, 3]]);
});

test("jobs that come in one turn of the event loop run together, also when nobody was waiting", async () => {
  const { runs, run, open } = createRuns({});
  const jobs = [1, 2, 3].map(run);
  jobs.push(Promise.resolve().then(() => run(4)));
  open();
  expect(await Promise.all(jobs)).toEqual([10, 20, 30, 40]);
  expect(runs).toEqual([[1, 2, 3, 4]]);
});

test("runs under way, and jobs in one of them, are bounded", async () => {
  const { runs, run, open, underWay } = createRuns({ mostRuns: 2, mostTogether: 4 });
  const jobs = Array.from({ length: 12 }, (_, job) => run(job));
  await turn();
  expect(underWay()).toBe(2);
  open();
  await Promise.all(jobs);
  expect(Math.max(...runs.map(({ length }) => length))).toBe(4);
  expect(runs.flat()).toHaveLength(12);
});

test("a clash that certainly took no effect is tried again with the same jobs", async () => {
  const { runs, runBehind, open } = createRuns({ mostRuns: 1, failures: ["clash", "clash"] });
  const jobs = await runBehind(1, [2, 3]);
  open();
  expect(await Promise.all(jobs)).toEqual([10, 20, 30]);
  expect(runs).toEqual([[1], [2, 3], [2, 3], [2, 3]]);
});

test("when jobs fail together for good, each runs alone", async () => {
  const { runs, runBehind, open } = createRuns({ mostRuns: 1, failures: ["refused"] });
  const jobs = await runBehind(1, [2, 3]);
  open();
  expect(await Promise.all(jobs)).toEqual([10, 20, 30]);
  expect(runs).toEqual([[1], [2, 3], [2], [3]]);
});

test("when it isn't known whether jobs took effect, none runs again", async () => {
  const { runs, runBehind, open } = createRuns({ mostRuns: 1, failures: ["lost"] });
  const jobs = await runBehind(1, [2, 3]);
  open();
  const outcomes = await Promise.allSettled(jobs);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(runs).toEqual([[1], [2, 3]]);
});

/** Runs that multiply by ten, once opened. */
function createRuns({
  failures = [],
  ...options
}: Partial<CoalesceOptions<number, number>> & { readonly failures?: string[] }) {
  const runs: (readonly number[])[] = [];
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let underWay = 0;
  const multiply = async (take: () => readonly number[]) => {
    underWay += 1;
    await opened;
    const jobs = take();
    runs.push(jobs);
    underWay -= 1;
    const failure = jobs.length > 1 ? failures.shift() : undefined;
    if (failure !== undefined) throw new Error(failure);
    return jobs.map((job) => job * 10);
  };
  const run = createCoalescer<number, number>({
    runAlone: async (job) => (await multiply(() => [job]))[0] ?? 0,
    runTogether: multiply,
    mostRuns: 2,
    mostTogether: 100,
    waitLimitMs: 60_000,
    tooLate: () => new Error("too late"),
    judge: (error) => {
      const reason = (error as Error).message;
      return { isUndone: reason !== "lost", isRetryable: reason === "clash" };
    },
    ...options,
  });
  /** Once the first is under way the others come. */
  const runBehind = async (first: number, others: readonly number[]) => {
    const job = run(first);
    await turn();
    return [job, ...others.map(run)];
  };
  return { runs, run, runBehind, open: () => open(), underWay: () => underWay };
}
