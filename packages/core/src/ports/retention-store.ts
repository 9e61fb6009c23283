/** How many rows one step removed. */
export interface PrunedMessages {
  readonly messages: number;
  readonly deliveries: number;
  readonly attempts: number;
  /** Where the next call goes on; undefined: where this one began. */
  readonly cursor: string | undefined;
  /** True at the end of what is old enough. */
  readonly isOver: boolean;
}

/**
 * Removes what no longer matters, in steps that hold nobody up: each removes no more than `limit` of what it is about,
 * waits for no other transaction, and leaves out what somebody else is changing at that moment. Of several processes one works at a
 * time: to the others a step answers undefined, and they leave it to that one. Safe at any time, safe to repeat.
 */
export interface RetentionStore {
  /** Tenants with messages, in an order that stays, and when the oldest of them was stored. `after`: the last one seen. */
  listTenants(request: {
    readonly limit: number;
    readonly after?: string;
  }): Promise<readonly { readonly tenantId: string; readonly oldestAt: Date }[]>;
  /**
   * Removes messages, together with their deliveries, attempts and idempotency keys, of which the last delivery became
   * final at least `retentionMs` ago; without a delivery, the time of publishing counts. A message with a delivery that
   * isn't final stays whole. Looks at no more than `limit` messages. One with more than `limit` deliveries goes in
   * several steps.
   */
  pruneMessages(request: {
    readonly tenantId: string;
    readonly retentionMs: number;
    readonly limit: number;
    readonly cursor?: string;
    readonly now?: Date;
  }): Promise<PrunedMessages | undefined>;
  /** Removes endpoints for good that were deleted at least `retentionMs` ago and that no delivery names. How many it was. */
  pruneEndpoints(request: {
    readonly retentionMs: number;
    readonly limit: number;
    readonly now?: Date;
  }): Promise<number | undefined>;
  /** Removes counts of API keys' calls in hours that began more than `retentionMs` ago. How many rows it was. */
  pruneUsage(request: {
    readonly retentionMs: number;
    readonly limit: number;
    readonly now?: Date;
  }): Promise<number | undefined>;
}
