import type { MessageReference } from "./message-store.js";

export interface QueueChangeListener {
  /** Somebody said that a delivery may be due: of one of these messages or, where they weren't named, of any. */
  onQueueChanged(messages: readonly MessageReference[] | undefined): void;
  /** The subscription is over, through no call of `stop`: what is said from now on goes unheard. Called at most once. */
  onLost(error: unknown): void;
}

export interface QueueChangeSubscription {
  /** Ends the subscription and gives back what it holds: nothing is told afterwards. Idempotent. */
  stop(): Promise<void>;
}

/**
 * How the processes that share a storage wake each other's runners. It only makes deliveries faster: whoever hears
 * nothing finds them at its next look.
 */
export interface QueueChanges {
  /**
   * Tells every subscriber, in every process, that a delivery of one of these messages may be due, or of any where none
   * are named or they are too many to be told. On a connection of the storage's own, never in a host's transaction.
   * Nothing is kept for those who aren't listening; safe to repeat. Calls that meet may be told as one.
   */
  tell(request: { readonly messages: readonly MessageReference[] | undefined }): Promise<void>;
  /**
   * Tells of these messages if the first of them is stored, and says whether it is: a look and `tell` in one step. Absent
   * where two steps cost no more.
   */
  readonly tellIfStored?:
    | ((request: { readonly messages: readonly MessageReference[] }) => Promise<boolean>)
    | undefined;
  /**
   * Resolves once the storage is listening: what is told afterwards is heard. Absent where the storage can tell but not
   * listen. Does not reconnect by itself. Rejects when the storage can't be reached within its acquire limit, and then
   * holds nothing.
   */
  readonly subscribe?: ((listener: QueueChangeListener) => Promise<QueueChangeSubscription>) | undefined;
}
