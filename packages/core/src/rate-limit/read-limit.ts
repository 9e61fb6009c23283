import { chargeFixedWindow, readFixedWindow } from "./fixed-window.js";
import { chargeGcra, readGcra } from "./gcra.js";
import type { LimitCounter, LimitReading, RateLimit } from "./limit.js";
import { chargeSlidingWindow, readSlidingWindow } from "./sliding-window.js";

/** Reads a counter at an instant by its limit's algorithm. A counter of another kind counts as none. */
export function readLimit(limit: RateLimit, counter: LimitCounter | undefined, nowMs: number): LimitReading {
  switch (limit.algorithm) {
    case "sliding-window":
      return readSlidingWindow(limit, counter, nowMs);
    case "fixed-window":
      return readFixedWindow(limit, counter, nowMs);
    case "gcra":
      return readGcra(limit, counter, nowMs);
  }
}

/** The counter brought up to an instant with a cost of 1 or more charged, or undefined where it doesn't fit. */
export function chargeLimit(
  limit: RateLimit,
  counter: LimitCounter | undefined,
  cost: number,
  nowMs: number,
): LimitCounter | undefined {
  switch (limit.algorithm) {
    case "sliding-window":
      return chargeSlidingWindow(limit, counter, cost, nowMs);
    case "fixed-window":
      return chargeFixedWindow(limit, counter, cost, nowMs);
    case "gcra":
      return chargeGcra(limit, counter, cost, nowMs);
  }
}
