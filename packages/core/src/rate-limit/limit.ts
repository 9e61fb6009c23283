/** How a limit counts. `sliding-window` is the default. */
export type RateLimitAlgorithm = "sliding-window" | "gcra" | "fixed-window";

/**
 * What a limit does while the store is out. `local` (the default): this process counts alone; `open`: calls pass
 * uncounted; `closed`: calls are refused with `STORAGE_UNAVAILABLE`.
 */
export type OnStoreError = "local" | "open" | "closed";

/**
 * How near to the limit calls are accepted. `exact` (the default) asks the store for each. `leased` takes a fiftieth of
 * the limit at a time from the store and spends it in the process, without I/O: never more than the limit, and in each
 * window at most one such share less per process.
 */
export type LimitPrecision = "exact" | "leased";

/** What a limit's name may hold, so that it can stand in a reply header as it is. */
export const LIMIT_NAME_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

/** At most `limit` units of cost in any (or each, for `fixed-window`) `windowSeconds`. */
export interface RateLimit {
  /** Unique within its subject; shown in the reply headers. Matches `LIMIT_NAME_PATTERN`. */
  readonly name: string;
  /** Whole units, at least 1. Counting is exact while `limit × windowSeconds` stays below 9 × 10¹². */
  readonly limit: number;
  /** Whole seconds, at least 1. */
  readonly windowSeconds: number;
  /**
   * `fixed-window` starts anew at each epoch multiple of its length: an hour at the full hour, a day at midnight,
   * both in UTC. The others have no such edge.
   */
  readonly algorithm: RateLimitAlgorithm;
  /** Default `local`. */
  readonly onStoreError?: OnStoreError | undefined;
  /** Default `exact`. Not for `gcra`. Limits below 100 are counted exactly in any case. */
  readonly precision?: LimitPrecision | undefined;
}

/**
 * What is remembered of one limit. Windows keep their start and the units taken in this window and in the one before
 * (`fixed-window` leaves `previous` at 0). GCRA keeps how full it was at an instant: `level` is units × the window's
 * milliseconds, whole numbers that add up without rounding (an arrival time in epoch milliseconds does not: a double
 * holds it to a quarter of a microsecond, and 7,001 calls would pass at 7,000 a second). Instants are epoch milliseconds.
 */
export type LimitCounter =
  | { readonly kind: "window"; readonly startMs: number; readonly current: number; readonly previous: number }
  | { readonly kind: "gcra"; readonly atMs: number; readonly level: number };
