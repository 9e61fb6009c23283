import type { ConsumeOutcome } from "../ports/rate-limit-store.js";
import { describeLimit, type LimitState } from "./describe-limit.js";
import type { LimitCounter, RateLimit } from "./limit.js";
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
  outcome: ConsumeOutcome,
): RateLimitVerdict {
  const { allowed } = outcome;
  const first = charges[0];
  const limits =
    // Most calls are charged to one subject, whose states needn't be gathered.
    charges.length === 1 && first !== undefined
      ? statesOf(first, 0, outcome)
      : charges.flatMap((charge, index) => statesOf(charge, index, outcome));
  return { allowed, limits, retryAfterSeconds: allowed ? 0 : longestWait(limits) };
}

/** The states of one charge's limits, each with whose limit it is where that is more than the name. */
function statesOf(
  charge: SubjectCharge,
  index: number,
  { allowed, at, counters, states }: ConsumeOutcome,
): readonly PartitionedLimitState[] {
  const { partition } = charge;
  const told = states?.[index] ?? describeCharge(charge, counters[index], allowed, at.getTime());
  // Written after the spread, the name would give each state a hidden class of its own, which takes fifteen times as long.
  return partition === undefined ? told : told.map((state) => ({ partition, ...state }));
}

function describeCharge(
  { limits, cost }: SubjectCharge,
  counters: readonly LimitCounter[] | undefined,
  allowed: boolean,
  nowMs: number,
): readonly LimitState[] {
  return limits.map((limit, index) =>
    describeLimit({ limit, counter: counters?.[index], cost: allowed ? 0 : cost, nowMs }),
  );
}

function longestWait(states: readonly PartitionedLimitState[]): number | undefined {
  const waits = states.map(({ retryAfterSeconds }) => retryAfterSeconds);
  // The read of a refusal comes after it: room may have appeared in between.
  return waits.includes(undefined) ? undefined : Math.max(1, ...waits.map((wait) => wait ?? 1));
}
