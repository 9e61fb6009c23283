import type { LimitCounter, RateLimit } from "./limit.js";

export type WindowCounter = Extract<LimitCounter, { kind: "window" }>;

/**
 * Brings a window counter up to `nowMs`. Windows start at epoch multiples of their length, so hours and days are UTC's.
 * `startMs = floor(nowMs / windowMs) * windowMs`; one window on, `current` becomes `previous`; further on, both are 0.
 * A clock that stepped back keeps counting in the later window, so that it never opens a fresh one.
 */
export function rollWindow(
  limit: RateLimit,
  counter: LimitCounter | undefined,
  nowMs: number,
): WindowCounter {
  const windowMs = limit.windowSeconds * 1000;
  const startMs = Math.floor(nowMs / windowMs) * windowMs;
  if (counter?.kind !== "window") return { kind: "window", startMs, current: 0, previous: 0 };
  if (counter.startMs >= startMs) return counter;
  const previous = counter.startMs + windowMs === startMs ? counter.current : 0;
  return { kind: "window", startMs, current: 0, previous };
}
