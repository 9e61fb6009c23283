import type { LimitCounter, RateLimit } from "./limit.js";
import { chargeLimit, readLimit } from "./read-limit.js";

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

interface LimitQuestion {
  readonly limit: RateLimit;
  readonly counter: LimitCounter | undefined;
  readonly cost: number;
  readonly nowMs: number;
}

/**
 * Describes one limit for the caller: what remains, and the exact earliest time to come back.
 * @param options.cost the cost that was refused; 0 after an accepted call, or to look without a call in mind.
 */
export function describeLimit({ limit, counter, cost, nowMs }: LimitQuestion): LimitState {
  const { remaining, endsAtMs, expiresAtMs } = readLimit(limit, counter, nowMs);
  const retryAfterSeconds =
    cost === 0 ? 0 : earliestRetrySeconds({ limit, counter, cost, nowMs }, expiresAtMs);
  const resetAtMs = retryAfterSeconds ? retryAtMs(nowMs, retryAfterSeconds, endsAtMs) : endsAtMs;
  const { name, limit: units, windowSeconds } = limit;
  return { name, limit: units, windowSeconds, remaining, resetAt: new Date(resetAtMs), retryAfterSeconds };
}

/** Retry times are whole seconds from now: where the window's end is what they were rounded up from, it is shown itself. */
function retryAtMs(nowMs: number, retryAfterSeconds: number, endsAtMs: number): number {
  const latestMs = nowMs + retryAfterSeconds * 1000;
  return latestMs - 1000 < endsAtMs && endsAtMs <= latestMs ? endsAtMs : latestMs;
}

/**
 * Without other calls a counter only ever empties, so the first second at which the cost fits is found by halving.
 * Asking the decision itself, instead of a formula of its own, makes the answer exact for every algorithm.
 */
function earliestRetrySeconds(
  { limit, counter, cost, nowMs }: LimitQuestion,
  expiresAtMs: number,
): number | undefined {
  if (chargeLimit(limit, counter, cost, nowMs) !== undefined) return 0;
  if (cost > limit.limit) return undefined;
  let tooEarly = 0;
  let lateEnough = Math.max(Math.ceil((expiresAtMs - nowMs) / 1000), 1);
  while (lateEnough - tooEarly > 1) {
    const middle = Math.floor((tooEarly + lateEnough) / 2);
    if (chargeLimit(limit, counter, cost, nowMs + middle * 1000) !== undefined) lateEnough = middle;
    else tooEarly = middle;
  }
  return lateEnough;
}
