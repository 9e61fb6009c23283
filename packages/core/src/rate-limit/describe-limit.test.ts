import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideRateLimit } from "./decide.js";
import { describeLimit } from "./describe-limit.js";
import type { LimitCounter, RateLimit, RateLimitAlgorithm } from "./limit.js";

const NOON_MS = Date.UTC(2026, 0, 1, 12);
const algorithms: readonly RateLimitAlgorithm[] = ["sliding-window", "fixed-window", "gcra"];

function isAccepted(
  limit: RateLimit,
  counter: LimitCounter | undefined,
  cost: number,
  nowMs: number,
): boolean {
  return decideRateLimit({ limits: [limit], counters: [counter], cost, nowMs }).allowed;
}

describe.each(algorithms)("%s", (algorithm) => {
  test("after exactly retryAfterSeconds the call is accepted, and one second earlier it is refused", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 4000 }),
        fc.array(
          fc.record({ waitMs: fc.integer({ min: 0, max: 500_000 }), cost: fc.integer({ min: 1, max: 20 }) }),
          { minLength: 1, maxLength: 30 },
        ),
        fc.integer({ min: -5_000_000, max: 100_000 }),
        (units, windowSeconds, steps, lastStepMs) => {
          const limit: RateLimit = { name: "test", limit: units, windowSeconds, algorithm };
          let counter: LimitCounter | undefined;
          let nowMs = NOON_MS;
          for (const { waitMs, cost } of steps) {
            nowMs += waitMs;
            counter = decideRateLimit({ limits: [limit], counters: [counter], cost, nowMs }).counters[0];
          }
          nowMs += lastStepMs;
          for (const cost of [1, Math.ceil(units / 2), units]) {
            const { retryAfterSeconds: wait } = describeLimit({ limit, counter, cost, nowMs });
            expect(wait === 0).toBe(isAccepted(limit, counter, cost, nowMs));
            if (wait === undefined) throw new Error("a cost within the limit always fits some time");
            expect(isAccepted(limit, counter, cost, nowMs + wait * 1000)).toBe(true);
            if (wait > 0) expect(isAccepted(limit, counter, cost, nowMs + (wait - 1) * 1000)).toBe(false);
          }
        },
      ),
    );
  });

  test("remaining is exactly how many single units are accepted now", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 60 }),
        (units, windowSeconds, waits) => {
          const limit: RateLimit = { name: "test", limit: units, windowSeconds, algorithm };
          let counter: LimitCounter | undefined;
          let nowMs = NOON_MS;
          for (const waitMs of waits) {
            nowMs += waitMs;
            counter = decideRateLimit({ limits: [limit], counters: [counter], cost: 1, nowMs }).counters[0];
          }
          const { remaining } = describeLimit({ limit, counter, cost: 0, nowMs });
          if (remaining > 0) expect(isAccepted(limit, counter, remaining, nowMs)).toBe(true);
          expect(isAccepted(limit, counter, remaining + 1, nowMs)).toBe(false);
        },
      ),
    );
  });

  test("a cost above the limit never fits, and a peek always does", () => {
    const limit: RateLimit = { name: "hour", limit: 5, windowSeconds: 3600, algorithm };
    const { counters } = decideRateLimit({ limits: [limit], counters: [undefined], cost: 5, nowMs: NOON_MS });
    const describeCost = (cost: number) =>
      describeLimit({ limit, counter: counters[0], cost, nowMs: NOON_MS });
    expect(describeCost(6).retryAfterSeconds).toBeUndefined();
    expect(describeCost(0)).toMatchObject({ retryAfterSeconds: 0, remaining: 0 });
  });
});

test("sliding window: a spent hour opens by shares of the previous one, not at its end", () => {
  const limit: RateLimit = { name: "hour", limit: 10, windowSeconds: 3600, algorithm: "sliding-window" };
  const counter: LimitCounter = { kind: "window", startMs: NOON_MS - 3_600_000, current: 10, previous: 0 };
  const state = describeLimit({ limit, counter, cost: 1, nowMs: NOON_MS });
  expect(state.retryAfterSeconds).toBe(360);
  expect(state.resetAt).toEqual(new Date(NOON_MS + 360_000));
});

test("an accepted call resets at the window's end, and for gcra when it is full again", () => {
  const limit: RateLimit = { name: "hour", limit: 10, windowSeconds: 3600, algorithm: "fixed-window" };
  const resetAt = (algorithm: RateLimitAlgorithm) => {
    const nowMs = NOON_MS + 1000;
    const limits = [{ ...limit, algorithm }];
    const { counters } = decideRateLimit({ limits, counters: [undefined], cost: 2, nowMs });
    return describeLimit({ limit: { ...limit, algorithm }, counter: counters[0], cost: 0, nowMs }).resetAt;
  };
  expect(resetAt("fixed-window")).toEqual(new Date(NOON_MS + 3_600_000));
  expect(resetAt("sliding-window")).toEqual(new Date(NOON_MS + 3_600_000));
  expect(resetAt("gcra")).toEqual(new Date(NOON_MS + 1000 + 720_000));
});
