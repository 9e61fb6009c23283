import type { Algorithm } from "./algorithm.js";
import type { RateLimit } from "./limit.js";

/**
 * GCRA: a full burst of `limit` at once, then one unit every `windowMs / limit`.
 * It is kept as a level that drains (units × windowMs, so each millisecond drains exactly `limit`): brought up to now,
 * `level = max(level - max(nowMs - atMs, 0) * limit, 0)` and `atMs = max(atMs, nowMs)`; a cost fits when
 * `level + cost * windowMs <= limit * windowMs`, and is charged by `level + cost * windowMs`.
 * The theoretical arrival time is `atMs + level / limit`.
 */
export const gcra: Algorithm = {
  fits(limit, numbers, at, cost, nowMs) {
    const windowMs = limit.windowSeconds * 1000;
    return drain(limit, numbers, at, nowMs) + cost * windowMs <= limit.limit * windowMs;
  },
  add(limit, numbers, at, cost, nowMs) {
    numbers[at + 1] = drain(limit, numbers, at, nowMs) + cost * (limit.windowSeconds * 1000);
    numbers[at] = Math.max(numbers[at] ?? 0, nowMs);
    numbers[at + 2] = gcra.expiresAtMs(limit, numbers, at);
  },
  remaining(limit, numbers, at) {
    const windowMs = limit.windowSeconds * 1000;
    return Math.max(Math.floor((limit.limit * windowMs - (numbers[at + 1] ?? 0)) / windowMs), 0);
  },
  // A full burst is there now, also where the clock has stepped back.
  endsAtMs: (limit, numbers, at, nowMs) =>
    numbers[at + 1] === 0 ? nowMs : gcra.expiresAtMs(limit, numbers, at),
  expiresAtMs: (limit, numbers, at) => (numbers[at] ?? 0) + Math.ceil((numbers[at + 1] ?? 0) / limit.limit),
};

/** The level that is left at an instant. */
function drain(limit: RateLimit, numbers: Float64Array, at: number, nowMs: number): number {
  const elapsedMs = Math.max(nowMs - (numbers[at] ?? 0), 0);
  return Math.max((numbers[at + 1] ?? 0) - elapsedMs * limit.limit, 0);
}
