import type { LimitCounter, RateLimit } from "./limit.js";
import { readLimit } from "./read-limit.js";

/** A limit as its subject finds it at one instant. */
export interface LimitState {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  /** Whole units that would be accepted now. */
  readonly remaining: number;
  /** When to come back after a refusal; otherwise the window's end (GCRA: when it is full again). */
  readonly resetAt: Date;
  /** Whole seconds until the call is accepted if nobody else calls: 0 = now, undefined = never (cost above the limit). */
  readonly retryAfterSeconds: number | undefined;
}

/**
 * Describes one limit for the caller: what remains, and the exact earliest time to come back.
 * @param options.cost the cost that was refused; 0 after an accepted call, or to look without a call in mind.
 */
export function describeLimit(options: {
  readonly limit: RateLimit;
  readonly counter: LimitCounter | undefined;
  readonly cost: number;
  readonly nowMs: number;
}): LimitState {
  const { limit, counter, cost, nowMs } = options;
  const { remaining, endsAtMs } = readLimit(limit, counter, nowMs);
  const retryAfterSeconds = earliestRetrySeconds(limit, counter, cost, nowMs);
  const resetAtMs = retryAfterSeconds ? nowMs + retryAfterSeconds * 1000 : endsAtMs;
  const { name, limit: units, windowSeconds } = limit;
  return { name, limit: units, windowSeconds, remaining, resetAt: new Date(resetAtMs), retryAfterSeconds };
}

/**
 * Without other calls a counter only ever empties, so the first second at which the cost fits is found by halving.
 * Asking the decision itself, instead of a formula of its own, makes the answer exact for every algorithm.
 */
function earliestRetrySeconds(
  limit: RateLimit,
  counter: LimitCounter | undefined,
  cost: number,
  nowMs: number,
): number | undefined {
  const reading = readLimit(limit, counter, nowMs);
  if (cost === 0 || reading.fits(cost)) return 0;
  if (cost > limit.limit) return undefined;
  let tooEarly = 0;
  let lateEnough = Math.max(Math.ceil((reading.expiresAtMs - nowMs) / 1000), 1);
  while (lateEnough - tooEarly > 1) {
    const middle = Math.floor((tooEarly + lateEnough) / 2);
    if (readLimit(limit, counter, nowMs + middle * 1000).fits(cost)) lateEnough = middle;
    else tooEarly = middle;
  }
  return lateEnough;
}
