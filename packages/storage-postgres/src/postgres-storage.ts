import type { Storage } from "@tenon/core/ports";
import { boundSession, connectionOf, openSession, type Session } from "./connect/session.js";
import { openDatabase, type StatementConfig } from "./database-config.js";
import { checkDatabase } from "./migrations/check-database.js";
import { createChanges } from "./notifications/changes.js";
import { keyChannel } from "./notifications/channels.js";
import type { PgListenClient } from "./notifications/listen-client.js";
import { tablesIn } from "./sql/tables.js";
import { createApiKeyStore } from "./stores/api-key-store.js";
import { createAuditStore } from "./stores/audit-store.js";
import { createDeliveryQueue } from "./stores/delivery-queue.js";
import { createDeliveryStore } from "./stores/delivery-store.js";
import { createEndpointStore } from "./stores/endpoint-store.js";
import { createErasureStore } from "./stores/erasure-store.js";
import { createKeyUsageStore } from "./stores/key-usage-store.js";
import { createMessageStore } from "./stores/message-store.js";
import { createRateLimitStore, type RateLimitStoreOptions } from "./stores/rate-limit-store.js";
import { createReplayStore } from "./stores/replay-store.js";
import { createRetentionStore } from "./stores/retention-store.js";
import { createShortLivedStore } from "./stores/short-lived-store.js";
import { createStatisticsStore } from "./stores/statistics-store.js";
import type { StoreContext } from "./stores/store-context.js";

export interface PostgresStorageConfig extends StatementConfig {
  /** How long a call waits for a connection, in milliseconds. Default 5,000. */
  readonly acquireTimeoutMs?: number;
  /**
   * How long a call waits for the answer to one statement, in milliseconds. Default 15,000. A pool's connection is
   * closed then. Statements in the host's own transactions, and on PGlite, have no such limit.
   */
  readonly statementTimeoutMs?: number;
  /**
   * Makes a `pg` client, not yet connected, on which it is heard (LISTEN) that other processes changed keys or published
   * messages. It must reach PostgreSQL itself, or a pooler in session mode. Without it the first are noticed when the
   * cache lifetime is over, the second at the runner's next poll. PGlite needs none.
   */
  readonly listen?: () => PgListenClient;
}

/** As long as an interactive request can well wait for a pool that is busy. */
const DEFAULT_ACQUIRE_TIMEOUT_MS = 5_000;
/** Every statement is short; one without an answer by then has lost its connection or waits for a stuck transaction. */
const DEFAULT_STATEMENT_TIMEOUT_MS = 15_000;

/**
 * Keeps Tenon's records in the host's PostgreSQL (15 or later), or in PGlite. It connects on the first call, never
 * migrates (see `migrate`), and closes nothing: the pool, PGlite or Kysely stays the host's.
 * @throws {ConfigError} naming every problem of the config.
 * @example
 * const storage = postgresStorage({ pool: new pg.Pool({ connectionString }) });
 */
export function postgresStorage(config: PostgresStorageConfig): Storage {
  const acquireTimeoutMs = config?.acquireTimeoutMs ?? DEFAULT_ACQUIRE_TIMEOUT_MS;
  const { connector, schema } = openDatabase(config, {
    acquireTimeoutMs,
    statementTimeoutMs: config?.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS,
  });
  const { listen, pglite } = config;
  const session = openSession(connector);
  return {
    ...storageOn(
      session,
      { tables: tablesIn(schema), schema, keyChannel: keyChannel(schema) },
      { acquireTimeoutMs, ownsTransactions: true },
    ),
    ...createChanges({ schema, session, listen, pglite, acquireTimeoutMs }),
  };
}

function storageOn(
  session: Session,
  names: Omit<StoreContext, "session">,
  charging: RateLimitStoreOptions,
): Storage {
  const context = { session, ...names };
  return {
    apiKeys: createApiKeyStore(context),
    keyUsage: createKeyUsageStore(context),
    rateLimits: createRateLimitStore(context, charging),
    shortLived: createShortLivedStore(context),
    endpoints: createEndpointStore(context),
    messages: createMessageStore(context),
    deliveries: createDeliveryStore(context),
    queue: createDeliveryQueue(context),
    replays: createReplayStore(context),
    statistics: createStatisticsStore(context),
    retention: createRetentionStore(context),
    erasure: createErasureStore(context),
    audit: createAuditStore(context),
    check: () => checkDatabase(context),
    transaction: (work) => session.transaction("transaction", (_inside, handle) => work(handle)),
    bind: (handle) =>
      storageOn(boundSession(connectionOf(handle), handle), names, { ...charging, ownsTransactions: false }),
  };
}
