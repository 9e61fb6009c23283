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
  const counters: LimitCounter[][] = [];
  for (const charge of charges) {
    const charged = charge.cost === 0 ? readCounters(charge, nowMs) : chargeCounters(charge, nowMs);
    if (charged === undefined) {
      return { allowed: false, counters: charges.map((refused) => readCounters(refused, nowMs)) };
    }
    counters.push(charged);
  }
  return { allowed: true, counters };
}

function readCounters({ limits, counters }: CountedCharge, nowMs: number): LimitCounter[] {
  return limits.map((limit, index) => readLimit(limit, counters[index], nowMs).counter);
}

/** Undefined when the cost doesn't fit one of the limits. */
function chargeCounters(
  { limits, counters, cost }: CountedCharge,
  nowMs: number,
): LimitCounter[] | undefined {
  const charged: LimitCounter[] = [];
  for (let index = 0; index < limits.length; index++) {
    const limit = limits[index];
    const counter = limit && chargeLimit(limit, counters[index], cost, nowMs);
    if (counter === undefined) return undefined;
    charged.push(counter);
  }
  return charged;
}
