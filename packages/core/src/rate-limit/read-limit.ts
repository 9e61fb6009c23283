import { decideRateLimit } from "./decide.js";
import type { LimitCounter, RateLimit } from "./limit.js";

/** The counter brought up to an instant with a cost of 1 or more charged, or undefined where it doesn't fit. */
export function chargeLimit(
  limit: RateLimit,
  counter: LimitCounter | undefined,
  cost: number,
  nowMs: number,
): LimitCounter | undefined {
  const { allowed, counters } = decideRateLimit({ limits: [limit], counters: [counter], cost, nowMs });
  return allowed ? counters[0] : undefined;
}
