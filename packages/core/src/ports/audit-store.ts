/** What a field was and became, as JSON has it; null stands for nothing. */
export interface AuditChange {
  readonly from: unknown;
  readonly to: unknown;
}

/** One entry of the audit log. It never changes. */
export interface AuditRecord {
  readonly tenantId: string;
  readonly id: string;
  readonly occurredAt: Date;
  /** What was done, such as `api_key.revoked`. */
  readonly action: string;
  readonly status: "success" | "failure";
  readonly actorId: string;
  readonly actorKind: string | undefined;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  readonly correlationId: string | undefined;
  /** What it was done to. Absent: nothing in particular. */
  readonly target: { readonly type: string; readonly id: string } | undefined;
  /** The fields that changed, by name. Secrets are masked. */
  readonly changes: Readonly<Record<string, AuditChange>>;
  readonly message: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export type NewAuditRecord = Omit<AuditRecord, "occurredAt">;

/** Which entries a listing holds; each condition narrows it. */
export interface AuditFilter {
  readonly actorId?: string;
  readonly action?: string;
  readonly targetType?: string;
  readonly targetId?: string;
  /** Entries of this instant or later. */
  readonly from?: Date;
  /** Entries before this instant. */
  readonly to?: Date;
}

export interface AuditStore {
  /**
   * Adds entries, all or none; `now` absent: they occurred when the database had them. On a bound storage they appear
   * and vanish with its transaction.
   */
  insert(request: { readonly records: readonly NewAuditRecord[]; readonly now?: Date }): Promise<void>;
  /**
   * Newest first, which is the order of their ids, at most `limit` that all pass the filter. `cursor` is the id of the
   * last entry already seen: entries that are added meanwhile don't move those that follow.
   */
  list(
    request: {
      readonly tenantId: string;
      readonly limit: number;
      readonly cursor?: string;
    } & AuditFilter,
  ): Promise<readonly AuditRecord[]>;
  /**
   * Removes at most `limit` entries, of any tenant, that occurred at least so long ago, oldest first, and returns how
   * many. Leaves out those that somebody else is removing. Safe at any time, in any number of processes.
   */
  prune(request: {
    readonly olderThanMs: number;
    readonly limit: number;
    readonly now?: Date;
  }): Promise<number>;
}
