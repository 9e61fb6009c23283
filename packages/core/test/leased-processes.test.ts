import { createManualClock } from "@tenon/contract-tests";
import { createTenon } from "@tenon/core";
import { decideRateLimit, type LimitCounter, type RateLimit } from "@tenon/core/rate-limit";
import { memoryStorage } from "@tenon/storage-memory";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

/** What one process takes at a time. */
const shareOf = ({ limit }: RateLimit) => Math.floor(limit / 50);

const windows = fc.constantFrom<RateLimit["algorithm"][]>("sliding-window", "fixed-window");

const leased = (algorithm: fc.Arbitrary<RateLimit["algorithm"]> = windows) =>
  fc.record({
    name: fc.constant("leased"),
    limit: fc.integer({ min: 60, max: 400 }),
    windowSeconds: fc.constantFrom(1, 10, 60),
    algorithm,
    precision: fc.constant("leased" as const),
  });

/** Steps of time, and after each some calls made at once by processes chosen at random. */
const histories = (mostCost: number) =>
  fc.array(
    fc.record({
      passMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 40_000 })),
      calls: fc.array(fc.record({ process: fc.nat(), cost: fc.integer({ min: 1, max: mostCost }) }), {
        minLength: 1,
        maxLength: 60,
      }),
    }),
    { minLength: 1, maxLength: 15 },
  );

describe("leased limits of several processes", () => {
  test("never accept what the same algorithm on one log would refuse, and at most one share less per process in each window", async () => {
    await fc.assert(
      fc.asyncProperty(
        leased(),
        fc.integer({ min: 1, max: 4 }),
        histories(12),
        async (limit, count, steps) => {
          const { clock, processes } = startProcesses(count);
          const log = createLog(limit);
          for (const { passMs, calls } of steps) {
            clock.advance(passMs);
            const nowMs = clock.now().getTime();
            const accepted = await callAll(processes, calls, [{ subject: "a", limits: [limit] }]);
            for (const [index, { cost }] of calls.entries()) {
              if (accepted[index]) expect(log.accept(cost, nowMs)).toBe(true);
            }
            for (const [index, { cost }] of calls.entries()) {
              if (!accepted[index])
                expect(log.fits(cost, { nowMs, unused: count * shareOf(limit) })).toBe(false);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test("never pass any limit where leased and exact ones, of one subject or several, count together", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ leased: leased(), exact: leased(), other: leased() }),
        fc.integer({ min: 1, max: 3 }),
        histories(6),
        async ({ leased: first, exact, other }, count, steps) => {
          const { clock, processes } = startProcesses(count);
          const second: RateLimit = { ...exact, name: "exact", precision: "exact" };
          const third: RateLimit = { ...other, name: "other" };
          const logs = [first, second, third].map(createLog);
          const charges = [
            { subject: "a", limits: [first, second] },
            { subject: "b", limits: [third] },
          ];
          for (const { passMs, calls } of steps) {
            clock.advance(passMs);
            const accepted = await callAll(processes, calls, charges);
            for (const [index, { cost }] of calls.entries()) {
              if (!accepted[index]) continue;
              for (const log of logs) expect(log.accept(cost, clock.now().getTime())).toBe(true);
            }
            // All or nothing: the store's count of the exact limit is that of the accepted calls.
            const [, stored] = (await processes[0].limits.peek({ subject: "a", limits: [first, second] }))
              .limits;
            expect(stored?.remaining).toBe(logs[1]?.remaining(clock.now().getTime()));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test("one process alone accepts in a fixed window exactly what an exact limit accepts", async () => {
    await fc.assert(
      fc.asyncProperty(leased(fc.constant("fixed-window")), histories(2), async (limit, steps) => {
        const { clock, processes } = startProcesses(1);
        const log = createLog(limit);
        for (const { passMs, calls } of steps) {
          clock.advance(passMs);
          for (const { cost } of calls) {
            const { allowed } = await processes[0].limits.consume({ subject: "a", cost, limits: [limit] });
            expect(allowed).toBe(log.accept(cost, clock.now().getTime()));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

type Process = ReturnType<typeof createTenon>;

function startProcesses(count: number) {
  const clock = createManualClock();
  const storage = memoryStorage();
  const start = () => createTenon({ storage, clock });
  const processes: [Process, ...Process[]] = [start()];
  while (processes.length < count) processes.push(start());
  return { clock, processes };
}

function callAll(
  processes: readonly [Process, ...Process[]],
  calls: readonly { readonly process: number; readonly cost: number }[],
  charges: readonly { readonly subject: string; readonly limits: RateLimit[] }[],
): Promise<readonly boolean[]> {
  return Promise.all(
    calls.map(async ({ process, cost }) => {
      const { limits } = processes[process % processes.length] ?? processes[0];
      return (await limits.consume({ charges: charges.map((charge) => ({ ...charge, cost })) })).allowed;
    }),
  );
}

/** The accepted calls, counted by the limit's own algorithm in one place. */
function createLog(limit: RateLimit) {
  let counter: LimitCounter | undefined;
  const decide = (from: LimitCounter | undefined, cost: number, nowMs: number) =>
    decideRateLimit({ limits: [limit], counters: [from], cost, nowMs });
  return {
    accept(cost: number, nowMs: number): boolean {
      const { allowed, counters } = decide(counter, cost, nowMs);
      [counter] = counters;
      return allowed;
    },
    /** Whether a call would fit if so many units more had been used, in each window that was used at all. */
    fits(cost: number, { nowMs, unused }: { nowMs: number; unused: number }): boolean {
      const [now] = decide(counter, 0, nowMs).counters;
      if (now?.kind !== "window") throw new Error("a window was expected");
      const used = {
        ...now,
        current: now.current + unused,
        previous: now.previous && now.previous + unused,
      };
      return decide(used, cost, nowMs).allowed;
    },
    remaining(nowMs: number): number {
      let units = 0;
      while (decide(counter, units + 1, nowMs).allowed) units += 1;
      return units;
    },
  };
}
