import type { LimitCounter, LimitReading, RateLimit } from "./limit.js";
import { rollWindow } from "./window-counter.js";

/**
 * Reads a sliding window: this window's count plus the share of the previous one that the window still covers.
 * With `elapsedMs = max(nowMs - startMs, 0)`, a cost fits when
 * `previous * (windowMs - elapsedMs) + (current + cost) * windowMs <= limit * windowMs`.
 */
export function readSlidingWindow(
  limit: RateLimit,
  stored: LimitCounter | undefined,
  nowMs: number,
): LimitReading {
  const windowMs = limit.windowSeconds * 1000;
  const counter = rollWindow(limit, stored, nowMs);
  const { startMs, current, previous } = counter;
  const elapsedMs = Math.max(nowMs - startMs, 0);
  const estimate = previous * (windowMs - elapsedMs) + current * windowMs;
  return {
    counter,
    remaining: Math.max(Math.floor((limit.limit * windowMs - estimate) / windowMs), 0),
    endsAtMs: startMs + windowMs,
    expiresAtMs: startMs + 2 * windowMs,
  };
}

/** The counter with a cost added to this window, or undefined where it doesn't fit. */
export function chargeSlidingWindow(
  limit: RateLimit,
  stored: LimitCounter | undefined,
  cost: number,
  nowMs: number,
): LimitCounter | undefined {
  const windowMs = limit.windowSeconds * 1000;
  const { startMs, current, previous } = rollWindow(limit, stored, nowMs);
  const elapsedMs = Math.max(nowMs - startMs, 0);
  const fits = previous * (windowMs - elapsedMs) + (current + cost) * windowMs <= limit.limit * windowMs;
  return fits ? { kind: "window", startMs, current: current + cost, previous } : undefined;
}
