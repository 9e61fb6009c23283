import type { ApiKeyStore } from "./api-key-store.js";
import type { AuditStore } from "./audit-store.js";
import type { DeliveryQueue } from "./delivery-queue.js";
import type { DeliveryStore } from "./delivery-store.js";
import type { EndpointStore } from "./endpoint-store.js";
import type { ErasureStore } from "./erasure-store.js";
import type { KeyChanges } from "./key-changes.js";
import type { KeyUsageStore } from "./key-usage-store.js";
import type { MessageStore } from "./message-store.js";
import type { QueueChanges } from "./queue-changes.js";
import type { RateLimitStore } from "./rate-limit-store.js";
import type { ReplayStore } from "./replay-store.js";
import type { RetentionStore } from "./retention-store.js";
import type { ShortLivedStore } from "./short-lived-store.js";
import type { StatisticsStore } from "./statistics-store.js";

/** The sum of the stores. Every method takes the tenant, or a secret that determines it; the queue takes none. */
export interface Stores {
  readonly apiKeys: ApiKeyStore;
  readonly keyUsage: KeyUsageStore;
  readonly rateLimits: RateLimitStore;
  readonly shortLived: ShortLivedStore;
  readonly endpoints: EndpointStore;
  readonly messages: MessageStore;
  readonly deliveries: DeliveryStore;
  readonly queue: DeliveryQueue;
  readonly replays: ReplayStore;
  readonly audit: AuditStore;
  readonly statistics: StatisticsStore;
  readonly retention: RetentionStore;
  readonly erasure: ErasureStore;
}

/** What a storage says of itself. */
export interface StorageCheck {
  /** What must be applied to the storage before this release can work with it, by name. None when it is up to date. */
  readonly pendingMigrations: readonly string[];
}

/**
 * Where Tenon keeps its records. Every method rejects with `StorageError` when the storage cannot be reached
 * within its acquire time limit, and never waits forever.
 */
export interface Storage extends Stores {
  /**
   * True where other processes never see what is stored here: several of them would each have records of their own. Its
   * rate limits are told the kit's time, since no process has another.
   */
  readonly isProcessLocal?: boolean;
  /**
   * How other processes' changes to API keys are heard. Absent on a bound storage, and where the storage can't tell:
   * a change made elsewhere is noticed within the cache lifetime then.
   */
  readonly keyChanges?: KeyChanges | undefined;
  /** How runners in other processes are woken. Absent on a bound storage: they find what is due at their next look. */
  readonly queueChanges?: QueueChanges | undefined;
  /**
   * Whether the storage can be written to and is laid out as this release needs it. Reads only, and is safe to repeat.
   */
  check(): Promise<StorageCheck>;
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
