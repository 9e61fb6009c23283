import type { Algorithm } from "./algorithm.js";
import { unitsIn, windowEndsAtMs, windowStartMs } from "./window-counter.js";

/**
 * A fixed window, which starts again from nothing at each epoch multiple of its length.
 * A cost fits when `current + cost <= limit`. `previous` is written as 0.
 */
export const fixedWindow: Algorithm = {
  fits(limit, numbers, at, cost, nowMs) {
    return unitsIn(windowStartMs(limit, numbers, at, nowMs), numbers, at) + cost <= limit.limit;
  },
  add(limit, numbers, at, cost, nowMs) {
    const startMs = windowStartMs(limit, numbers, at, nowMs);
    numbers[at + 1] = unitsIn(startMs, numbers, at) + cost;
    numbers[at + 2] = 0;
    numbers[at] = startMs;
  },
  remaining: (limit, numbers, at) => Math.max(Math.floor(limit.limit - (numbers[at + 1] ?? 0)), 0),
  endsAtMs: windowEndsAtMs,
  expiresAtMs: windowEndsAtMs,
};
