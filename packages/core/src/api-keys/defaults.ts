/** In front of every key text, so that people and secret scanners know whose key it is. */
export const DEFAULT_PREFIX = "sk";

/** The environment in a key text: `sk_live_…`. */
export const DEFAULT_ENVIRONMENTS: readonly string[] = ["live"];

/** 256 bits, beyond guessing. */
export const DEFAULT_BODY = { bytes: 32 } as const;

/** How long a cached key is believed without asking the storage: the longest a revocation can go unnoticed elsewhere. */
export const CACHE_LIFETIME_MS = 5_000;

/** Known keys kept in the process; about 1 kB each. */
export const CACHE_MAX_ENTRIES = 10_000;

/** Unknown keys remembered apart, so that guesses cannot push known keys out. */
export const CACHE_MAX_NEGATIVE_ENTRIES = 1_000;
