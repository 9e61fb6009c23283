import type { LimitCounter, RateLimit } from "./limit.js";
import { readLimit } from "./read-limit.js";

/**
 * When a stored counter no longer matters, in epoch milliseconds: two windows after its start for `sliding-window`,
 * one for `fixed-window`, `atMs + ceil(level / limit)` for `gcra`.
 */
export function counterExpiresAtMs(limit: RateLimit, counter: LimitCounter): number {
  return readLimit(limit, counter, counter.kind === "gcra" ? counter.atMs : counter.startMs).expiresAtMs;
}
