import {
  chargeSubjects,
  describeLimit,
  type LimitCharge,
  type RateLimit,
  type SubjectCounters,
  subjectExpiresAtMs,
} from "@tenon/core/rate-limit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chargeInPlace } from "./charge-in-place.js";
import { createRateLimitTable } from "./rate-limit-table.js";

const NOON_MS = Date.UTC(2026, 0, 1, 12);
const anyLimits = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("a", "b", "c"),
    limit: fc.integer({ min: 1, max: 12 }),
    windowSeconds: fc.constantFrom(1, 10, 60),
    algorithm: fc.constantFrom<RateLimit["algorithm"]>("sliding-window", "fixed-window", "gcra"),
  }),
  { minLength: 1, maxLength: 3, selector: ({ name }) => name },
);
const anyCharges = fc.uniqueArray(
  fc.record({ subject: fc.constantFrom("x", "y"), which: fc.constantFrom(0, 0, 0, 1), cost: fc.nat(4) }),
  { minLength: 1, selector: ({ subject }) => subject },
);
const anyCalls = fc.array(
  fc.record({
    charges: anyCharges,
    passMs: fc.oneof(fc.nat(900), fc.integer({ min: -70_000, max: 70_000 })),
  }),
  { maxLength: 40, size: "max" },
);

test("calls are decided and described in place as over counters, and what is kept is the same", () => {
  let inPlaceCalls = 0;
  fc.assert(
    fc.property(fc.tuple(anyLimits, anyLimits), anyCalls, (limitLists, calls) => {
      const table = createRateLimitTable();
      const model = new Map<string, SubjectCounters>();
      let nowMs = NOON_MS;
      for (const { charges: drawn, passMs } of calls) {
        nowMs += passMs;
        const charges = drawn.map(
          ({ subject, which, cost }): LimitCharge => ({ subject, cost, limits: limitLists[which] ?? [] }),
        );
        const expected = chargeSubjects({ charges, find: (subject) => model.get(subject), nowMs });
        const outcome = table.inPlace && chargeInPlace(table.inPlace, charges, new Date(nowMs));
        if (outcome === undefined) {
          for (const [subject, counters] of expected.changes) table.put(subject, counters);
        } else {
          inPlaceCalls += 1;
          expect(outcome.allowed).toBe(expected.allowed);
          expect(outcome.states?.flat()).toEqual(
            charges.flatMap(({ limits, cost }, index) =>
              limits.map((limit, each) => {
                const counter = expected.counters[index]?.[each];
                return describeLimit({ limit, counter, cost: expected.allowed ? 0 : cost, nowMs });
              }),
            ),
          );
        }
        for (const [subject, counters] of expected.changes) model.set(subject, counters);
        for (const subject of ["x", "y"]) expect(table.get(subject)).toEqual(model.get(subject));
      }
      const over = [...model].filter(([, counters]) => subjectExpiresAtMs(counters) <= nowMs);
      expect([...table.findOver(nowMs, 10)].sort()).toEqual(over.map(([subject]) => subject).sort());
    }),
    { numRuns: 300 },
  );
  expect(inPlaceCalls).toBeGreaterThan(100);
});
