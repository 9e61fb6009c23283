import { readFixedWindow } from "./fixed-window.js";
import { readGcra } from "./gcra.js";
import type { LimitCounter, LimitReading, RateLimit, RateLimitAlgorithm } from "./limit.js";
import { readSlidingWindow } from "./sliding-window.js";

type ReadLimit = (limit: RateLimit, counter: LimitCounter | undefined, nowMs: number) => LimitReading;

const READERS: Readonly<Record<RateLimitAlgorithm, ReadLimit>> = {
  "sliding-window": readSlidingWindow,
  "fixed-window": readFixedWindow,
  gcra: readGcra,
};

/** Reads a counter at an instant by its limit's algorithm. A counter of another kind counts as none. */
export function readLimit(limit: RateLimit, counter: LimitCounter | undefined, nowMs: number): LimitReading {
  return READERS[limit.algorithm](limit, counter, nowMs);
}
