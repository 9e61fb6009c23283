import { algorithmOf } from "./algorithm-of.js";
import { type CounterPlaces, layOut, readCounter } from "./counter-places.js";
import type { LimitCounter, RateLimit } from "./limit.js";

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
  const allowed = charges.every((charge) => fitsCounters(charge, nowMs));
  const counters = charges.map(({ limits, counters, cost }) =>
    limits.map((limit, index) => withCost(limit, counters[index], allowed ? cost : 0, nowMs)),
  );
  return { allowed, counters };
}

function fitsCounters({ limits, counters, cost }: CountedCharge, nowMs: number): boolean {
  if (cost === 0) return true;
  return limits.every((limit, index) =>
    algorithmOf(limit).fits(limit, layOut(limit, counters[index]), 0, cost, nowMs),
  );
}

/** The counter brought up to now, with a cost added that fits; 0 only brings it up. */
function withCost(
  limit: RateLimit,
  counter: LimitCounter | undefined,
  cost: number,
  nowMs: number,
): LimitCounter {
  const numbers = layOut(limit, counter);
  algorithmOf(limit).add(limit, numbers, 0, cost, nowMs);
  return readCounter(numbers, 0, limit.algorithm === "gcra");
}

/** Whether a cost fits every limit of a subject. A cost of 0 only looks, and always does. */
export function fitsPlaces({ numbers, from, slots }: CounterPlaces, cost: number, nowMs: number): boolean {
  if (cost === 0) return true;
  // By index: an iterator's code is several times as long, and this is compiled into what calls it.
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index];
    if (slot && !slot.algorithm.fits(slot.limit, numbers, from + slot.offset, cost, nowMs)) return false;
  }
  return true;
}
