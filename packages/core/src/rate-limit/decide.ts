import type { LimitCounter, LimitReading, RateLimit } from "./limit.js";
import { readLimit } from "./read-limit.js";

export interface LimitDecision {
  readonly allowed: boolean;
  /** One per limit, brought up to now: charged when allowed, uncharged when refused. */
  readonly counters: readonly LimitCounter[];
}

/** What one subject is asked for, with what is stored of it. */
export interface CountedCharge {
  readonly limits: readonly RateLimit[];
  /** In the order of `limits`; undefined = nothing yet. */
  readonly counters: readonly (LimitCounter | undefined)[];
  /** Units, 0 or more. */
  readonly cost: number;
}

export interface ChargeDecision {
  readonly allowed: boolean;
  /** One list per charge, one counter per limit, brought up to now: charged when allowed, uncharged when refused. */
  readonly counters: readonly (readonly LimitCounter[])[];
}

/**
 * Decides one call against all its limits: every limit is charged, or none is.
 * A cost of 0 is a peek: it is always allowed and charges nothing. It stores nothing: that is the caller's part.
 * @param charge.nowMs epoch milliseconds, whole.
 */
export function decideRateLimit(charge: CountedCharge & { readonly nowMs: number }): LimitDecision {
  const { allowed, counters } = decideCharges({ charges: [charge], nowMs: charge.nowMs });
  return { allowed, counters: counters[0] ?? [] };
}

/**
 * Decides one call against the limits of several subjects: every limit of every subject is charged, or none is.
 * A charge with a cost of 0 only looks, and refuses nothing.
 * @param options.nowMs epoch milliseconds, whole.
 */
export function decideCharges(options: {
  readonly charges: readonly CountedCharge[];
  readonly nowMs: number;
}): ChargeDecision {
  const { charges, nowMs } = options;
  const readings: LimitReading[][] = [];
  let allowed = true;
  for (const { limits, counters, cost } of charges) {
    const ofCharge = limits.map((limit, index) => readLimit(limit, counters[index], nowMs));
    if (cost > 0) for (const reading of ofCharge) allowed &&= reading.fits(cost);
    readings.push(ofCharge);
  }
  return {
    allowed,
    counters: charges.map(({ cost }, index) =>
      (readings[index] ?? []).map((reading) =>
        allowed && cost > 0 ? reading.charge(cost) : reading.counter,
      ),
    ),
  };
}
