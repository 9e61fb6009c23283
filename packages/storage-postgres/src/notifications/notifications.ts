export interface NotificationListener {
  onNotified(payload: string): void;
  /** Nothing more is heard, through no call of `stop`. Called at most once. */
  onLost(error: unknown): void;
}

/** What PostgreSQL's NOTIFY sends, by channel. */
export interface Notifications {
  /**
   * Resolves once the channel is listened to. Rejects when that takes longer than the acquire limit, and then holds
   * nothing.
   */
  listen(channel: string, listener: NotificationListener): Promise<{ stop(): Promise<void> }>;
}
