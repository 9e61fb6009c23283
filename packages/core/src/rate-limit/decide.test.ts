import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { counterExpiresAtMs } from "./counter-expiry.js";
import { counterKey } from "./counter-key.js";
import { decideRateLimit } from "./decide.js";
import type { LimitCounter, RateLimit, RateLimitAlgorithm } from "./limit.js";

const HOUR_MS = 3_600_000;
const NOON_MS = Date.UTC(2026, 0, 1, 12);

const algorithms: readonly RateLimitAlgorithm[] = ["sliding-window", "fixed-window", "gcra"];
const anyAlgorithm = fc.constantFrom(...algorithms);
const anyLimit = fc.record({
  name: fc.constant("test"),
  limit: fc.integer({ min: 1, max: 200 }),
  windowSeconds: fc.integer({ min: 1, max: 90 }),
  algorithm: anyAlgorithm,
});

function hourly(algorithm: RateLimitAlgorithm, limit = 10): RateLimit {
  return { name: "hour", limit, windowSeconds: 3600, algorithm };
}

/** One subject with one limit, called at chosen instants. */
function createSubject(limit: RateLimit) {
  let counter: LimitCounter | undefined;
  return {
    get counter() {
      return counter;
    },
    call(nowMs: number, cost = 1): boolean {
      const decision = decideRateLimit({ limits: [limit], counters: [counter], cost, nowMs });
      counter = decision.counters[0];
      return decision.allowed;
    },
  };
}

describe.each(algorithms)("%s", (algorithm) => {
  test("accepts exactly `limit` calls at one instant, for every limit from 1 to 10,000", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.constantFrom(1, 7, 60, 3600, 86_400, 2_592_000),
        fc.integer({ min: 0, max: 2_000_000_000_000 }),
        (limit, windowSeconds, nowMs) => {
          const subject = createSubject({ name: "test", limit, windowSeconds, algorithm });
          let accepted = 0;
          while (subject.call(nowMs)) accepted++;
          expect(accepted).toBe(limit);
        },
      ),
      {
        numRuns: 30,
        examples: [
          [7000, 1, 1_764_000_000_123],
          [10_000, 1, 1_764_000_000_123],
          [7919, 1, NOON_MS],
        ],
      },
    );
  });

  test("a clock that steps back never accepts more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 * HOUR_MS }), (backMs) => {
        const subject = createSubject(hourly(algorithm));
        for (let call = 0; call < 10; call++) expect(subject.call(NOON_MS)).toBe(true);
        expect(subject.call(NOON_MS - backMs)).toBe(false);
        expect(subject.call(NOON_MS)).toBe(false);
      }),
    );
  });

  test("a peek is allowed and charges nothing, even where everything is spent", () => {
    const subject = createSubject(hourly(algorithm));
    expect(subject.call(NOON_MS, 10)).toBe(true);
    const spent = subject.counter;
    expect(subject.call(NOON_MS, 0)).toBe(true);
    expect(subject.counter).toEqual(spent);
  });

  test("a cost above the limit is refused, a cost equal to it fits once", () => {
    const subject = createSubject(hourly(algorithm));
    expect(subject.call(NOON_MS, 11)).toBe(false);
    expect(subject.call(NOON_MS, 10)).toBe(true);
    expect(subject.call(NOON_MS, 1)).toBe(false);
  });

  test("a counter that has expired is the same as none", () => {
    const limit = hourly(algorithm);
    const { counters } = decideRateLimit({
      limits: [limit],
      counters: [undefined],
      cost: 10,
      nowMs: NOON_MS + 5,
    });
    const [counter] = counters;
    if (counter === undefined) throw new Error("a counter was expected");
    const nowMs = counterExpiresAtMs(limit, counter);
    expect(decideRateLimit({ limits: [limit], counters: [counter], cost: 10, nowMs })).toEqual(
      decideRateLimit({ limits: [limit], counters: [undefined], cost: 10, nowMs }),
    );
  });
});

test("fixed window: never more than `limit` in any window", () => {
  fc.assert(
    fc.property(anyLimit, anyCalls(), (limit, calls) => {
      const subject = createSubject({ ...limit, algorithm: "fixed-window" });
      const acceptedIn = new Map<number, number>();
      for (const { nowMs, cost } of calls) {
        if (!subject.call(nowMs, cost)) continue;
        const window = Math.floor(nowMs / (limit.windowSeconds * 1000));
        acceptedIn.set(window, (acceptedIn.get(window) ?? 0) + cost);
      }
      for (const accepted of acceptedIn.values()) expect(accepted).toBeLessThanOrEqual(limit.limit);
    }),
  );
});

test("sliding window: never more than `limit` in its estimate, computed from the accepted calls", () => {
  fc.assert(
    fc.property(anyLimit, anyCalls(), (limit, calls) => {
      const subject = createSubject({ ...limit, algorithm: "sliding-window" });
      const windowMs = limit.windowSeconds * 1000;
      const accepted: { nowMs: number; cost: number }[] = [];
      const takenIn = (window: number) =>
        accepted
          .filter((call) => Math.floor(call.nowMs / windowMs) === window)
          .reduce((sum, call) => sum + call.cost, 0);
      for (const call of calls) {
        if (!subject.call(call.nowMs, call.cost)) continue;
        accepted.push(call);
        const window = Math.floor(call.nowMs / windowMs);
        const share = 1 - (call.nowMs % windowMs) / windowMs;
        expect(takenIn(window - 1) * share + takenIn(window)).toBeLessThanOrEqual(limit.limit + 1e-9);
      }
    }),
  );
});

test("gcra: over any span, never more than a full burst and what drained in that span", () => {
  fc.assert(
    fc.property(anyLimit, anyCalls(), (limit, calls) => {
      const subject = createSubject({ ...limit, algorithm: "gcra" });
      const accepted = calls.filter(({ nowMs, cost }) => subject.call(nowMs, cost));
      for (const [first, from] of accepted.entries()) {
        let taken = 0;
        for (const call of accepted.slice(first)) {
          taken += call.cost;
          const drained = ((call.nowMs - from.nowMs) * limit.limit) / (limit.windowSeconds * 1000);
          expect(taken).toBeLessThanOrEqual(limit.limit + drained + 1e-9);
        }
      }
    }),
  );
});

test("gcra: one unit comes back every window / limit", () => {
  const subject = createSubject(hourly("gcra"));
  expect(subject.call(NOON_MS, 10)).toBe(true);
  expect(subject.call(NOON_MS + HOUR_MS / 10 - 1)).toBe(false);
  expect(subject.call(NOON_MS + HOUR_MS / 10)).toBe(true);
});

test("all limits are charged, or none is", () => {
  fc.assert(
    fc.property(fc.array(anyLimit, { minLength: 1, maxLength: 4 }), anyCalls(), (limits, calls) => {
      let counters: readonly (LimitCounter | undefined)[] = limits.map(() => undefined);
      for (const { nowMs, cost } of calls) {
        const alone = limits.map((limit, index) =>
          decideRateLimit({ limits: [limit], counters: [counters[index]], cost, nowMs }),
        );
        const peek = decideRateLimit({ limits, counters, cost: 0, nowMs });
        const decision = decideRateLimit({ limits, counters, cost, nowMs });
        expect(decision.allowed).toBe(alone.every(({ allowed }) => allowed));
        expect(decision.counters).toEqual(
          decision.allowed ? alone.map(({ counters: [only] }) => only) : peek.counters,
        );
        counters = decision.counters;
      }
    }),
  );
});

test("a store keeps counters apart by name, length and algorithm, but not by the limit's number", () => {
  expect(counterKey(hourly("gcra", 10))).toBe("hour:3600:gcra");
  expect(counterKey(hourly("gcra", 20))).toBe("hour:3600:gcra");
  expect(counterKey(hourly("fixed-window"))).toBe("hour:3600:fixed-window");
});

test("a raised limit opens at once, a lowered one waits until the spent units have left", () => {
  for (const algorithm of algorithms) {
    const { counters } = decideRateLimit({
      limits: [hourly(algorithm, 10)],
      counters: [undefined],
      cost: 10,
      nowMs: NOON_MS,
    });
    const allowed = (limit: number) =>
      decideRateLimit({ limits: [hourly(algorithm, limit)], counters, cost: 1, nowMs: NOON_MS }).allowed;
    expect([allowed(5), allowed(10), allowed(11)]).toEqual([false, false, true]);
  }
});

function anyCalls() {
  return fc
    .array(
      fc.record({ waitMs: fc.integer({ min: 0, max: 40_000 }), cost: fc.integer({ min: 1, max: 60 }) }),
      {
        maxLength: 40,
      },
    )
    .map((steps) => {
      let nowMs = NOON_MS;
      return steps.map(({ waitMs, cost }) => {
        nowMs += waitMs;
        return { nowMs, cost };
      });
    });
}
