import type { RateLimit } from "./limit.js";

/**
 * The arithmetic of one way to count, over the three numbers that a counter is from `at` on (see `counter-places.ts`).
 * All sums are in doubles and in an order that a store's script can repeat. Times are epoch milliseconds.
 */
export interface Algorithm {
  /** Whether a cost fits, whenever the counter was written last. */
  fits(limit: RateLimit, numbers: Float64Array, at: number, cost: number, nowMs: number): boolean;
  /** Brings the counter up to now and adds a cost that fits; 0 only brings it up. */
  add(limit: RateLimit, numbers: Float64Array, at: number, cost: number, nowMs: number): void;
  /** Whole units that still fit. Of a counter that was brought up to now. */
  remaining(limit: RateLimit, numbers: Float64Array, at: number, nowMs: number): number;
  /** The window's end; for GCRA, when it is full again. Of a counter that was brought up to now. */
  endsAtMs(limit: RateLimit, numbers: Float64Array, at: number, nowMs: number): number;
  /** When the counter no longer matters. */
  expiresAtMs(limit: RateLimit, numbers: Float64Array, at: number): number;
}
