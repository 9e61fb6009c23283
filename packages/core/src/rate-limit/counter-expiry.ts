import { algorithmOf } from "./algorithm-of.js";
import { layOut } from "./counter-places.js";
import type { LimitCounter, RateLimit } from "./limit.js";

/**
 * When a stored counter no longer matters, in epoch milliseconds: two windows after its start for `sliding-window`,
 * one for `fixed-window`, `atMs + ceil(level / limit)` for `gcra`.
 */
export function counterExpiresAtMs(limit: RateLimit, counter: LimitCounter): number {
  return algorithmOf(limit).expiresAtMs(limit, layOut(limit, counter), 0);
}
