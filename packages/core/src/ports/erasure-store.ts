/** How many records of a tenant were removed, by kind. */
export interface ErasedRecords {
  readonly apiKeys: number;
  readonly endpoints: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly attempts: number;
  /** Everything else that is kept: secrets, counts of calls, audit records … */
  readonly others: number;
}

/**
 * Removes a tenant. Every step handles at most `limit` records of a kind, is safe to repeat, and leaves to the next
 * one what somebody else is changing at that moment. Other tenants' records are neither changed nor waited for.
 */
export interface ErasureStore {
  /**
   * Revokes keys, which is told to other processes as every revocation is, and deletes endpoints, so that nothing more
   * is claimed for them. Returns the hashes of the keys it revoked, and how many endpoints it deleted.
   */
  stop(request: {
    readonly tenantId: string;
    readonly limit: number;
    readonly now?: Date;
  }): Promise<{ readonly revokedHashes: readonly string[]; readonly endpoints: number }>;
  /** Removes records for good, in an order that leaves none naming another that is gone. `isOver`: the tenant has none left. */
  erase(request: {
    readonly tenantId: string;
    readonly limit: number;
  }): Promise<ErasedRecords & { readonly isOver: boolean }>;
}
