import { ConfigError } from "@tenon/core/errors";
import type { Clock, Random, Storage, Stores } from "@tenon/core/ports";
import { createKeyChangeTeller } from "./key-changes.js";
import { createQueueChanges } from "./queue-changes.js";
import {
  assertOpen,
  createBoundSession,
  createUnboundSession,
  type Session,
  type Transaction,
} from "./session.js";
import { createApiKeyStore } from "./stores/api-key-store.js";
import { createAuditStore } from "./stores/audit-store.js";
import { createDeliveryQueue } from "./stores/delivery-queue.js";
import { createDeliveryStore } from "./stores/delivery-store.js";
import { createEndpointStore } from "./stores/endpoint-store.js";
import { createErasureStore } from "./stores/erasure-store.js";
import { createKeyUsageStore } from "./stores/key-usage-store.js";
import { createMessageStore } from "./stores/message-store.js";
import { createRateLimitStore } from "./stores/rate-limit-store.js";
import { createReplayStore } from "./stores/replay-store.js";
import { createRetentionStore } from "./stores/retention-store.js";
import { createShortLivedStore } from "./stores/short-lived-store.js";
import { createStatisticsStore } from "./stores/statistics-store.js";
import type { StoreContext } from "./stores/store-context.js";
import { systemClock } from "./system-clock.js";
import { createTables, overlayTables } from "./tables.js";
import { createWriteLock } from "./write-lock.js";

const DEFAULT_ACQUIRE_TIMEOUT_MS = 5_000;
/** Tables made by this release are this release's. */
const UP_TO_DATE = { pendingMigrations: [] };

export interface MemoryStorageConfig {
  /** Tells the time to calls that bring no `now`, and how long a writer has waited. Default: the process's clock. */
  readonly clock?: Clock;
  /** How long a write waits for an open transaction before it gives up. Milliseconds, more than 0; default 5,000. */
  readonly acquireTimeoutMs?: number;
  /** Where ids and lease tokens come from. Default: the process's secure random source. */
  readonly random?: Random;
}

/**
 * Keeps Tenon's records in the memory of this process: for tests, demos and hosts that run as one process.
 * Everything is lost when the process ends. Writers take turns: while a transaction is open, writes from outside wait
 * for it (rate limits don't, unless it charged the same subject), and reads from outside see what was there before it.
 * @throws {ConfigError} when `acquireTimeoutMs` is not a positive number.
 * @example
 * const storage = memoryStorage();
 * await storage.transaction(async (handle) => {
 *   await storage.bind(handle).messages.publish({ messages: [message] });
 * });
 */
export function memoryStorage(config: MemoryStorageConfig = {}): Storage {
  const {
    clock = systemClock,
    acquireTimeoutMs = DEFAULT_ACQUIRE_TIMEOUT_MS,
    random = systemRandom,
  } = config;
  if (!(acquireTimeoutMs > 0)) {
    throw new ConfigError([{ pointer: "/acquireTimeoutMs", message: "must be a number above 0" }]);
  }
  const context = { clock, random };
  const { keyChanges, watch } = createKeyChangeTeller();
  const created = createTables();
  const tables = { ...created, apiKeys: watch(created.apiKeys) };
  const lock = createWriteLock({ clock, acquireTimeoutMs });
  const transactions = new WeakMap<object, Transaction>();
  let open: Transaction | undefined;

  async function transaction<T>(work: (handle: unknown) => Promise<T>): Promise<T> {
    const release = await lock.acquire("transaction");
    const current: Transaction = { overlay: overlayTables(tables), isOpen: true };
    const handle = Object.freeze({});
    transactions.set(handle, current);
    open = current;
    try {
      const result = await work(handle);
      current.overlay.merge();
      return result;
    } finally {
      current.isOpen = false;
      open = undefined;
      release();
    }
  }

  function bind(handle: unknown): Storage {
    const bound = typeof handle === "object" && handle !== null ? transactions.get(handle) : undefined;
    if (bound === undefined) {
      throw new ConfigError([
        {
          pointer: "",
          message: "is not a transaction of this storage: pass the handle given by transaction()",
        },
      ]);
    }
    assertOpen(bound, "bind");
    return {
      ...createStores(createBoundSession(bound), context),
      async check() {
        assertOpen(bound, "check");
        return UP_TO_DATE;
      },
      async transaction(work) {
        assertOpen(bound, "transaction");
        return work(handle);
      },
      bind,
    };
  }

  const session = createUnboundSession({ tables, lock, openTransaction: () => open });
  return {
    ...createStores(session, context),
    isProcessLocal: true,
    keyChanges,
    queueChanges: createQueueChanges(),
    check: async () => UP_TO_DATE,
    transaction,
    bind,
  };
}

function createStores(session: Session, context: StoreContext): Stores {
  return {
    apiKeys: createApiKeyStore(session, context),
    keyUsage: createKeyUsageStore(session),
    rateLimits: createRateLimitStore(session, context),
    shortLived: createShortLivedStore(session, context),
    endpoints: createEndpointStore(session, context),
    messages: createMessageStore(session, context),
    deliveries: createDeliveryStore(session, context),
    queue: createDeliveryQueue(session, context),
    replays: createReplayStore(session, context),
    audit: createAuditStore(session, context),
    statistics: createStatisticsStore(session),
    retention: createRetentionStore(session, context),
    erasure: createErasureStore(session, context),
  };
}

const systemRandom: Random = { bytes: (length) => globalThis.crypto.getRandomValues(new Uint8Array(length)) };
