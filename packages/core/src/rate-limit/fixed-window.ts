import type { LimitCounter, LimitReading, RateLimit } from "./limit.js";
import { rollWindow } from "./window-counter.js";

/**
 * Reads a fixed window, which starts again from nothing at each epoch multiple of its length.
 * A cost fits when `current + cost <= limit`. `previous` is written as 0.
 */
export function readFixedWindow(
  limit: RateLimit,
  stored: LimitCounter | undefined,
  nowMs: number,
): LimitReading {
  const counter = { ...rollWindow(limit, stored, nowMs), previous: 0 };
  const endsAtMs = counter.startMs + limit.windowSeconds * 1000;
  return {
    counter,
    remaining: Math.max(Math.floor(limit.limit - counter.current), 0),
    endsAtMs,
    expiresAtMs: endsAtMs,
  };
}

/** The counter with a cost added, or undefined where it doesn't fit. */
export function chargeFixedWindow(
  limit: RateLimit,
  stored: LimitCounter | undefined,
  cost: number,
  nowMs: number,
): LimitCounter | undefined {
  const { startMs, current } = rollWindow(limit, stored, nowMs);
  return current + cost <= limit.limit
    ? { kind: "window", startMs, current: current + cost, previous: 0 }
    : undefined;
}
