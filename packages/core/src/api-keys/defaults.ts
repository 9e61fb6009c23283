/** In front of every key text, so that people and secret scanners know whose key it is. */
export const DEFAULT_PREFIX = "sk";

/** The environment in a key text: `sk_live_…`. */
export const DEFAULT_ENVIRONMENTS: readonly string[] = ["live"];

/** 256 bits, beyond guessing. */
export const DEFAULT_BODY = { bytes: 32 } as const;

/** How long a cached key is believed without asking the storage: the longest a revocation can go unnoticed elsewhere. */
export const DEFAULT_CACHE_SECONDS = 5;

/** The longest a host may choose: after a leak, every second of it counts. */
export const MAX_CACHE_SECONDS = 60;

/** Known keys kept in the process; about 1 kB each. */
export const CACHE_MAX_ENTRIES = 10_000;

/** Unknown keys remembered apart, so that guesses cannot push known keys out. */
export const CACHE_MAX_NEGATIVE_ENTRIES = 1_000;

/** Keys created, imported or revoked by one call: what one statement does well. */
export const MOST_KEYS_AT_ONCE = 100;

/** The longest a rotated key may work on: a year, and a day to be late. */
export const MAX_GRACE_SECONDS = 366 * 86_400;

/** The longest default lifetime: a century. Longer is "never". */
export const MAX_LIFETIME_SECONDS = 100 * 366 * 86_400;

/** How long calls are counted in memory before they are written down: the most a process that dies can lose. */
export const USAGE_FLUSH_INTERVAL_MS = 10_000;

/** Keys and hours counted in memory; about 300 bytes each. What is beyond, while the storage is out, goes uncounted. */
export const MAX_UNWRITTEN_USAGE = 50_000;

/** Keys and hours written down in one statement. */
export const LARGEST_USAGE_WRITE = 1_000;

/** How long counts of calls are kept: a year can be compared with the one before, month by month. */
export const DEFAULT_USAGE_RETENTION_DAYS = 400;
