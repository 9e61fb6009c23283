import { createManualClock } from "@tenon/contract-tests";
import { createTenon, type Tenon } from "@tenon/core";
import type { Storage } from "@tenon/core/ports";
import {
  chargeSubjects,
  type LimitCharge,
  type RateLimit,
  type SubjectCounters,
} from "@tenon/core/rate-limit";
import fc from "fast-check";
import { expect } from "vitest";

const PROCESSES = 3;

const limit = (name: string) =>
  fc.record({
    name: fc.constant(name),
    limit: fc.integer({ min: 1, max: 12 }),
    windowSeconds: fc.constantFrom(1, 10, 60),
    algorithm: fc.constantFrom<RateLimit["algorithm"][]>("sliding-window", "gcra", "fixed-window"),
  });

/** Steps of time, and after each some calls that are the same, made by all processes at once. */
const histories = fc.record({
  limits: fc.record({ key: limit("key"), tenant: limit("tenant"), address: limit("address") }),
  steps: fc.array(
    fc.record({
      passMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 800 }), fc.integer({ min: 1, max: 70_000 })),
      calls: fc.integer({ min: 1, max: 8 }),
      cost: fc.integer({ min: 1, max: 3 }),
      subjects: fc.uniqueArray(fc.constantFrom("key" as const, "tenant" as const, "address" as const), {
        minLength: 1,
      }),
    }),
    { minLength: 1, maxLength: 12 },
  ),
});

/**
 * Runs random histories in several processes (kits of their own) that share a clock and what is stored, and holds each
 * step against the same rules applied in one process to one log.
 * @param storages one for each process, on the same records.
 */
export async function expectOneLog(
  storages: readonly [Storage, ...Storage[]],
  { histories: numRuns }: { readonly histories: number },
): Promise<void> {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(histories, async ({ limits, steps }) => {
      runs += 1;
      const clock = createManualClock();
      const processes = Array.from({ length: PROCESSES }, (_, index) =>
        createTenon({ storage: storages[index % storages.length] ?? storages[0], clock }),
      );
      const log = new Map<string, SubjectCounters>();
      for (const { passMs, calls, cost, subjects } of steps) {
        clock.advance(passMs);
        const charges = subjects.map((name) => ({
          subject: `${name}-${runs}`,
          cost,
          limits: [limits[name]],
        }));
        const expected = acceptOneByOne(log, { charges, calls, nowMs: clock.now().getTime() });
        const verdicts = await Promise.all(
          Array.from({ length: calls }, (_, call) => consumeIn(processes[call % PROCESSES], charges)),
        );
        expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(expected);
      }
    }),
    { numRuns },
  );
}

function consumeIn(process: Tenon | undefined, charges: readonly LimitCharge[]) {
  if (process === undefined) throw new Error("there is no such process");
  return process.limits.consume({
    charges: charges.map((charge) => ({ ...charge, limits: [...charge.limits] })),
  });
}

/** How many of the calls one process would accept. */
function acceptOneByOne(
  log: Map<string, SubjectCounters>,
  { charges, calls, nowMs }: { charges: readonly LimitCharge[]; calls: number; nowMs: number },
): number {
  let accepted = 0;
  for (let call = 0; call < calls; call++) {
    const decision = chargeSubjects({ charges, find: (subject) => log.get(subject), nowMs });
    for (const [subject, counters] of decision.changes) log.set(subject, counters);
    if (decision.allowed) accepted += 1;
  }
  return accepted;
}
