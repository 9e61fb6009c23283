import type { Algorithm } from "./algorithm.js";
import { unitsBefore, unitsIn, windowEndsAtMs, windowStartMs } from "./window-counter.js";

/**
 * A sliding window: this window's units, plus the share of the previous one's that the window still covers.
 * With `elapsedMs = max(nowMs - startMs, 0)`, a cost fits when
 * `previous * (windowMs - elapsedMs) + (current + cost) * windowMs <= limit * windowMs`.
 */
export const slidingWindow: Algorithm = {
  fits(limit, numbers, at, cost, nowMs) {
    const windowMs = limit.windowSeconds * 1000;
    const startMs = windowStartMs(limit, numbers, at, nowMs);
    const previous = unitsBefore(startMs, limit, numbers, at);
    const current = unitsIn(startMs, numbers, at) + cost;
    return estimate(windowMs, startMs, current, previous, nowMs) <= limit.limit * windowMs;
  },
  add(limit, numbers, at, cost, nowMs) {
    const startMs = windowStartMs(limit, numbers, at, nowMs);
    const current = unitsIn(startMs, numbers, at) + cost;
    numbers[at + 2] = unitsBefore(startMs, limit, numbers, at);
    numbers[at + 1] = current;
    numbers[at] = startMs;
  },
  remaining(limit, numbers, at, nowMs) {
    const windowMs = limit.windowSeconds * 1000;
    const used = estimate(windowMs, numbers[at] ?? 0, numbers[at + 1] ?? 0, numbers[at + 2] ?? 0, nowMs);
    return Math.max(Math.floor((limit.limit * windowMs - used) / windowMs), 0);
  },
  endsAtMs: windowEndsAtMs,
  expiresAtMs: (limit, numbers, at) => (numbers[at] ?? 0) + 2 * (limit.windowSeconds * 1000),
};

/** What counts at an instant: units × the window's milliseconds. */
function estimate(
  windowMs: number,
  startMs: number,
  current: number,
  previous: number,
  nowMs: number,
): number {
  const elapsedMs = Math.max(nowMs - startMs, 0);
  return previous * (windowMs - elapsedMs) + current * windowMs;
}
