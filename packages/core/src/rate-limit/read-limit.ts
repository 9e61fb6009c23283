import { chargeFixedWindow, readFixedWindow } from "./fixed-window.js";
import { chargeGcra, readGcra } from "./gcra.js";
import type { LimitCounter, LimitReading, RateLimit, RateLimitAlgorithm } from "./limit.js";
import { chargeSlidingWindow, readSlidingWindow } from "./sliding-window.js";

interface Algorithm {
  readonly read: typeof readLimit;
  readonly charge: typeof chargeLimit;
}

const ALGORITHMS: Readonly<Record<RateLimitAlgorithm, Algorithm>> = {
  "sliding-window": { read: readSlidingWindow, charge: chargeSlidingWindow },
  "fixed-window": { read: readFixedWindow, charge: chargeFixedWindow },
  gcra: { read: readGcra, charge: chargeGcra },
};

/** Reads a counter at an instant by its limit's algorithm. A counter of another kind counts as none. */
export function readLimit(limit: RateLimit, counter: LimitCounter | undefined, nowMs: number): LimitReading {
  return ALGORITHMS[limit.algorithm].read(limit, counter, nowMs);
}

/** The counter brought up to an instant with a cost of 1 or more charged, or undefined where it doesn't fit. */
export function chargeLimit(
  limit: RateLimit,
  counter: LimitCounter | undefined,
  cost: number,
  nowMs: number,
): LimitCounter | undefined {
  return ALGORITHMS[limit.algorithm].charge(limit, counter, cost, nowMs);
}
