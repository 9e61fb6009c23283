import type { LimitCounter, RateLimit } from "./limit.js";

export type WindowCounter = Extract<LimitCounter, { kind: "window" }>;

/**
 * When the window that counts at `nowMs` began. Windows start at epoch multiples of their length, so hours and days are
 * UTC's. A window counts until its end, also when the clock stepped back: that never opens a fresh one.
 */
export function windowStartMs(limit: RateLimit, numbers: Float64Array, at: number, nowMs: number): number {
  const windowMs = limit.windowSeconds * 1000;
  const storedStartMs = numbers[at] ?? 0;
  return nowMs < storedStartMs + windowMs ? storedStartMs : Math.floor(nowMs / windowMs) * windowMs;
}

/** Units taken in the window that began at `startMs`. */
export function unitsIn(startMs: number, numbers: Float64Array, at: number): number {
  return numbers[at] === startMs ? (numbers[at + 1] ?? 0) : 0;
}

/** Units taken in the window before the one that began at `startMs`: one window on, the current ones become these. */
export function unitsBefore(startMs: number, limit: RateLimit, numbers: Float64Array, at: number): number {
  const storedStartMs = numbers[at] ?? 0;
  if (storedStartMs === startMs) return numbers[at + 2] ?? 0;
  return storedStartMs + limit.windowSeconds * 1000 === startMs ? (numbers[at + 1] ?? 0) : 0;
}

/** The end of the window, in epoch milliseconds. */
export function windowEndsAtMs(limit: RateLimit, numbers: Float64Array, at: number): number {
  return (numbers[at] ?? 0) + limit.windowSeconds * 1000;
}
