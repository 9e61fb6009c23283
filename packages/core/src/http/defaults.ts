import type { CredentialPlace } from "./credentials/read-credentials.js";

/** Where keys are looked for: the header that OAuth clients know, and the one that most API consoles offer. */
export const DEFAULT_CREDENTIALS: readonly CredentialPlace[] = [
  { kind: "bearer" },
  { kind: "header", name: "X-API-Key" },
];

/**
 * Failed authentications one client address may cause in `windowSeconds`. A client with a stale key retries a few times
 * and stops; a scanner sends thousands. Guessing a key is out of reach either way: this keeps the guesses off the storage.
 */
export const FAILED_AUTHENTICATIONS = { limit: 50, windowSeconds: 60 } as const;

/** Addresses whose failures are remembered; about 200 bytes each. The one that failed longest ago goes first. */
export const FAILED_MAX_ADDRESSES = 10_000;

/** Keys remembered as good, so that a neighbour's failures don't lock them out; about 150 bytes each. */
export const GOOD_MAX_KEYS = 10_000;

/** How long a client is asked to wait while the storage is out. Seconds. */
export const STORAGE_RETRY_SECONDS = 5;

/** Guards built after the first request before the doctor speaks: a late route or two is no mistake. */
export const LATE_GUARDS = 10;

/** Requests that the doctor looks at, at first; then one in so many. */
export const FIRST_LOOKS = 1_000;
export const LATER_LOOK_EVERY = 100;
