import type { ApiKeyStore } from "./api-key-store.js";
import type { DeliveryQueue } from "./delivery-queue.js";
import type { DeliveryStore } from "./delivery-store.js";
import type { EndpointStore } from "./endpoint-store.js";
import type { KeyChanges } from "./key-changes.js";
import type { KeyUsageStore } from "./key-usage-store.js";
import type { MessageStore } from "./message-store.js";
import type { RateLimitStore } from "./rate-limit-store.js";
import type { ReplayStore } from "./replay-store.js";

/** The sum of the stores. Every method takes the tenant, or a secret that determines it; the queue takes none. */
export interface Stores {
  readonly apiKeys: ApiKeyStore;
  readonly keyUsage: KeyUsageStore;
  readonly rateLimits: RateLimitStore;
  readonly endpoints: EndpointStore;
  readonly messages: MessageStore;
  readonly deliveries: DeliveryStore;
  readonly queue: DeliveryQueue;
  readonly replays: ReplayStore;
}

/**
 * Where Tenon keeps its records. Every method rejects with `StorageError` when the storage cannot be reached
 * within its acquire time limit, and never waits forever.
 */
export interface Storage extends Stores {
  /** True where other processes never see what is stored here: several of them would each have records of their own. */
  readonly isProcessLocal?: boolean;
  /**
   * How other processes' changes to API keys are heard. Absent on a bound storage, and where the storage can't tell:
   * a change made elsewhere is noticed within the cache lifetime then.
   */
  readonly keyChanges?: KeyChanges | undefined;
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
