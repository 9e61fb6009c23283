import type { ApiKeyStore } from "./api-key-store.js";
import type { DeliveryQueue } from "./delivery-queue.js";
import type { DeliveryStore } from "./delivery-store.js";
import type { EndpointStore } from "./endpoint-store.js";
import type { MessageStore } from "./message-store.js";
import type { RateLimitStore } from "./rate-limit-store.js";

/** The sum of the stores. Every method takes the tenant, or a secret that determines it; the queue takes none. */
export interface Stores {
  readonly apiKeys: ApiKeyStore;
  readonly rateLimits: RateLimitStore;
  readonly endpoints: EndpointStore;
  readonly messages: MessageStore;
  readonly deliveries: DeliveryStore;
  readonly queue: DeliveryQueue;
}

/**
 * Where Tenon keeps its records. Every method rejects with `StorageError` when the storage cannot be reached
 * within its acquire time limit, and never waits forever.
 */
export interface Storage extends Stores {
  /**
   * Runs `work` in a transaction: everything done through `bind(handle)` commits when `work` resolves and is undone
   * when it rejects. On a bound storage it runs on the same handle, without a savepoint.
   */
  transaction<T>(work: (handle: unknown) => Promise<T>): Promise<T>;
  /**
   * The same stores inside an open transaction of the host's.
   * @throws {ConfigError} for something that isn't a transaction this storage understands, such as a pool.
   */
  bind(handle: unknown): Storage;
}
