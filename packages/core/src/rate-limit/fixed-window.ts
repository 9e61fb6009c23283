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
    fits: (cost) => counter.current + cost <= limit.limit,
    charge: (cost) => ({ ...counter, current: counter.current + cost }),
  };
}
