import type { LimitCounter, RateLimit } from "./limit.js";
import { chargeLimit, readLimit } from "./read-limit.js";

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
  const { cost, nowMs } = charge;
  const charged = cost === 0 ? undefined : chargeCounters(charge, nowMs);
  if (charged !== undefined) return { allowed: true, counters: charged };
  return { allowed: cost === 0, counters: readCounters(charge, nowMs) };
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
  // With `map` and not `push`: an array that grows takes room for 17 at its first, and every call makes several.
  const counters = charges.map((charge) =>
    charge.cost === 0 ? readCounters(charge, nowMs) : chargeCounters(charge, nowMs),
  );
  if (counters.every((charged) => charged !== undefined)) return { allowed: true, counters };
  return { allowed: false, counters: charges.map((charge) => readCounters(charge, nowMs)) };
}

function readCounters({ limits, counters }: CountedCharge, nowMs: number): readonly LimitCounter[] {
  return limits.map((limit, index) => readLimit(limit, counters[index], nowMs).counter);
}

/** Undefined when the cost doesn't fit one of the limits. */
function chargeCounters(
  { limits, counters, cost }: CountedCharge,
  nowMs: number,
): readonly LimitCounter[] | undefined {
  // By index, and of its length from the start: an array that grows takes room for 17 at its first.
  const charged = new Array<LimitCounter>(limits.length);
  for (let index = 0; index < limits.length; index++) {
    const limit = limits[index];
    const counter = limit && chargeLimit(limit, counters[index], cost, nowMs);
    if (counter === undefined) return undefined;
    charged[index] = counter;
  }
  return charged;
}
