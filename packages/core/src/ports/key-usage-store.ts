/** How a call with a known key ended. Unknown and malformed keys belong to nobody, and are not counted. */
export type KeyUsageOutcome =
  | "accepted"
  | "rate_limited"
  | "insufficient_scope"
  | "ip_not_allowed"
  | "expired"
  | "revoked"
  | "disabled"
  | "not_yet_valid";

/** Calls with one key, in one hour, that ended alike. */
export interface KeyUsageCount {
  readonly tenantId: string;
  readonly keyId: string;
  /** The beginning of an hour, in UTC. */
  readonly hour: Date;
  readonly outcome: KeyUsageOutcome;
  readonly count: number;
}

/** When a key was last accepted. */
export interface KeyLastUse {
  readonly tenantId: string;
  readonly keyId: string;
  readonly usedAt: Date;
}

/** Calls with one key, in one hour or day, that ended alike. */
export interface KeyUsagePeriod {
  /** The beginning of the hour, or of the UTC day. */
  readonly startsAt: Date;
  readonly outcome: KeyUsageOutcome;
  readonly count: number;
}

export interface KeyUsageStore {
  /**
   * Adds counts to those there are, and moves `lastUsedAt` of keys forward, never back, in one step. Concurrent calls
   * lose nothing and never deadlock, in whatever order their lists are. Not idempotent: said twice, it counts twice.
   * A key whose record another transaction holds at that moment may keep its `lastUsedAt`, as nobody waits for this one.
   * Counts of a key that doesn't exist are kept; its last use is not.
   */
  record(request: {
    readonly counts: readonly KeyUsageCount[];
    readonly lastUses: readonly KeyLastUse[];
  }): Promise<void>;
  /** Sums of the hours that begin at or after `from` and before `to`, by period and outcome; the oldest period first. */
  read(request: {
    readonly tenantId: string;
    readonly keyId: string;
    readonly from: Date;
    readonly to: Date;
    readonly granularity: "hour" | "day";
  }): Promise<readonly KeyUsagePeriod[]>;
}
