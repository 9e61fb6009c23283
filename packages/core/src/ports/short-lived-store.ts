/** Where a short-lived value is kept. */
export interface ShortLivedKey {
  /** At most 128 characters. Empty for what belongs to no tenant, such as webhooks the host receives for itself. */
  readonly tenantId: string;
  /** What the value is for, such as `oauth-state`: lower-case letters, digits and `-`, 1 to 64 of them. */
  readonly purpose: string;
  /** Unique within its purpose and tenant, 1 to 256 characters. A secret is hashed before it becomes a key. */
  readonly key: string;
}

/** A value and how long it counts. */
export interface ShortLivedEntry extends ShortLivedKey {
  /** Text without NUL, at most 64 KiB of UTF-8; empty is a value too. What is secret in it is sealed before. */
  readonly value: string;
  /** Whole seconds, at least 1, counted from `now`. */
  readonly expiresInSeconds: number;
  /** Absent: the store's own clock. */
  readonly now?: Date;
}

/** A question about one entry. */
export interface ShortLivedQuestion extends ShortLivedKey {
  /** Absent: the store's own clock. */
  readonly now?: Date;
}

/** Either the value was stored, or one is there already. */
export type PutIfAbsentOutcome =
  | { readonly stored: true }
  | { readonly stored: false; readonly existing: string };

/**
 * Small values that matter for minutes or hours: replies to repeat, states of an authorization under way, ids of
 * messages that were seen. An entry is over `expiresInSeconds` after it was put: from that instant it is as if it had
 * never been, whether or not it has been removed.
 */
export interface ShortLivedStore {
  /** Stores a value, in place of an earlier one. Idempotent but for the time it counts from. */
  put(entry: ShortLivedEntry): Promise<void>;
  /**
   * Stores a value unless there is one, and gives that one back untouched. Of callers at once exactly one stores, and
   * the others get its value. Inside a transaction it waits for an open one that has put the same key.
   */
  putIfAbsent(entry: ShortLivedEntry): Promise<PutIfAbsentOutcome>;
  /** The value, or undefined. */
  get(question: ShortLivedQuestion): Promise<string | undefined>;
  /** Removes the value and gives it back. Of callers at once exactly one gets it; a repeated call gets undefined. */
  take(question: ShortLivedQuestion): Promise<string | undefined>;
  /** Removes the value, if there is one. Idempotent. */
  delete(key: ShortLivedKey): Promise<void>;
  /** Removes at most `limit` entries that are over, and returns how many. Safe at any time. */
  prune(request: { readonly limit: number; readonly now?: Date }): Promise<number>;
}
