import type { ConsumeOutcome } from "../ports/rate-limit-store.js";
import { describeLimit } from "./describe-limit.js";
import type { RateLimit } from "./limit.js";
import type { PartitionedLimitState } from "./limit-headers.js";

/** What one call asks of one subject's limits. */
export interface SubjectCharge {
  readonly subject: string;
  /** Put before the names of these limits in reply headers (`tenant-hour`), where several subjects have the same. */
  readonly partition?: string | undefined;
  /** Units, a whole number. */
  readonly cost: number;
  readonly limits: readonly RateLimit[];
}

export interface RateLimitVerdict {
  readonly allowed: boolean;
  /** One per limit, in the order asked; limits that could not be counted (`onStoreError: "open"`) are left out. */
  readonly limits: readonly PartitionedLimitState[];
  /** Whole seconds until the same call would be accepted; 0 when allowed; undefined when it never will be. */
  readonly retryAfterSeconds: number | undefined;
}

/** Describes what came of a call: an accepted one without its cost, a refused one with it. */
export function describeOutcome(
  charges: readonly SubjectCharge[],
  { allowed, at, counters }: ConsumeOutcome,
): RateLimitVerdict {
  const nowMs = at.getTime();
  const states: PartitionedLimitState[] = [];
  for (const [chargeIndex, charge] of charges.entries()) {
    const cost = allowed ? 0 : charge.cost;
    const { partition } = charge;
    for (const [index, limit] of charge.limits.entries()) {
      const state = describeLimit({ limit, counter: counters[chargeIndex]?.[index], cost, nowMs });
      states.push(partition === undefined ? state : { ...state, partition });
    }
  }
  return { allowed, limits: states, retryAfterSeconds: allowed ? 0 : longestWait(states) };
}

function longestWait(states: readonly PartitionedLimitState[]): number | undefined {
  const waits = states.map(({ retryAfterSeconds }) => retryAfterSeconds);
  // The read of a refusal comes after it: room may have appeared in between.
  return waits.includes(undefined) ? undefined : Math.max(1, ...waits.map((wait) => wait ?? 1));
}
