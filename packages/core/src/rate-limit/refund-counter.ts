import type { LimitCounter, RateLimit } from "./limit.js";

/**
 * Gives units back to a counter that was brought up to now, never below zero. A window gives from itself first; what
 * a sliding window cannot give comes from the window before, where the charge may have been made.
 * @param cost units, 0 or more.
 */
export function refundCounter(limit: RateLimit, counter: LimitCounter, cost: number): LimitCounter {
  if (counter.kind === "gcra") {
    return { ...counter, level: Math.max(counter.level - cost * limit.windowSeconds * 1000, 0) };
  }
  const current = Math.max(counter.current - cost, 0);
  const rest = cost - (counter.current - current);
  return { ...counter, current, previous: Math.max(counter.previous - rest, 0) };
}
