export interface KeyChangeListener {
  /** A key with this hash was changed, and that is committed: what was read of it before is out of date. */
  onKeyChanged(hash: string): void;
  /** The subscription is over, through no call of `stop`: changes from now on go unheard. Called at most once. */
  onLost(error: unknown): void;
}

export interface KeyChangeSubscription {
  /** Ends the subscription and gives back what it holds: nothing is told afterwards. Idempotent. */
  stop(): Promise<void>;
}

/** How the processes that share a storage hear of each other's changes to API keys. */
export interface KeyChanges {
  /**
   * Resolves once the storage is listening. Every change of an existing key that commits afterwards (disabled, enabled,
   * revoked, updated, rotated), made by any process through any storage on the same records, is told to every
   * subscriber; one that is rolled back never is. A use of the key is no change. Telling may fail only together with the
   * subscription, which then reports `onLost` once and stays silent; whoever wants more subscribes anew, and must
   * assume that changes were missed in between. Does not reconnect by itself.
   * Rejects when the storage can't be reached within its acquire limit, and then holds nothing.
   */
  subscribe(listener: KeyChangeListener): Promise<KeyChangeSubscription>;
}
