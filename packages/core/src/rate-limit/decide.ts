import type { LimitCounter, RateLimit } from "./limit.js";
import { readLimit } from "./read-limit.js";

export interface LimitDecision {
  readonly allowed: boolean;
  /** One per limit, brought up to now: charged when allowed, uncharged when refused. */
  readonly counters: readonly LimitCounter[];
}

/**
 * Decides one call against all its limits: every limit is charged, or none is.
 * A cost of 0 is a peek: it is always allowed and charges nothing. It stores nothing: that is the caller's part.
 * @param options.counters what is stored, in the order of `limits`; undefined = nothing yet.
 * @param options.cost units, 0 or more.
 * @param options.nowMs epoch milliseconds, whole.
 */
export function decideRateLimit(options: {
  readonly limits: readonly RateLimit[];
  readonly counters: readonly (LimitCounter | undefined)[];
  readonly cost: number;
  readonly nowMs: number;
}): LimitDecision {
  const { limits, counters, cost, nowMs } = options;
  const readings = limits.map((limit, index) => readLimit(limit, counters[index], nowMs));
  const allowed = cost === 0 || readings.every((reading) => reading.fits(cost));
  const isCharged = allowed && cost > 0;
  return {
    allowed,
    counters: readings.map((reading) => (isCharged ? reading.charge(cost) : reading.counter)),
  };
}
