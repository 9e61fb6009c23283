/** An event instance: what happened, with the exact text that is signed and sent. */
export interface MessageRecord {
  readonly tenantId: string;
  readonly id: string;
  readonly type: string;
  /** The request body, frozen when it was published. */
  readonly payload: string;
  readonly channels: readonly string[];
  /** Set when the message was addressed to one endpoint. */
  readonly endpointId: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** SHA-256 of what was asked, lowercase hex; set together with `idempotencyKey`. */
  readonly requestHash: string | undefined;
  readonly deliverAt: Date | undefined;
  readonly createdAt: Date;
}

export type NewMessage = Omit<MessageRecord, "createdAt">;

export interface MessageReference {
  readonly tenantId: string;
  readonly messageId: string;
}

export interface PublishOutcome {
  readonly message: MessageRecord;
  /** True when the idempotency key was taken: `message` is the earlier one and nothing was written. */
  readonly duplicate: boolean;
  /** How many deliveries were created now. */
  readonly deliveryCount: number;
}

export interface MessageStore {
  /**
   * Stores messages and one delivery for each endpoint each matches, in one statement and one atomic step.
   * An endpoint matches when it is the tenant's, isn't deleted, its event types and channels match, it is the
   * addressed one (if any), and it is enabled or holds events while disabled. Without a match the message is
   * stored all the same. `deliverAt` keeps deliveries from being claimed before that instant.
   * With an idempotency key, one of several concurrent callers stores; the others wait for it and get it as a duplicate.
   * Outcomes come in the order of `messages`; keys are unique within one call.
   */
  publish(request: {
    readonly messages: readonly NewMessage[];
    readonly now?: Date;
  }): Promise<readonly PublishOutcome[]>;
  find(request: MessageReference): Promise<MessageRecord | undefined>;
  /**
   * Returns the ids of those messages that are stored, in any order. From outside of a transaction, what it published is
   * stored from its commit on.
   */
  findStored(request: { readonly messages: readonly MessageReference[] }): Promise<readonly string[]>;
  /** Newest first. `cursor` is the id of the last message already seen. */
  list(request: {
    readonly tenantId: string;
    readonly limit: number;
    readonly cursor?: string;
  }): Promise<readonly MessageRecord[]>;
}
