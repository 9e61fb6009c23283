import type { Storage } from "@tenon/core/ports";
import { bindHandle } from "./connect/bound-handle.js";
import { boundSession, openSession, type Session } from "./connect/session.js";
import { type DatabaseConfig, openDatabase } from "./database-config.js";
import { type Tables, tablesIn } from "./sql/tables.js";
import { createApiKeyStore } from "./stores/api-key-store.js";
import { createDeliveryQueue } from "./stores/delivery-queue.js";
import { createDeliveryStore } from "./stores/delivery-store.js";
import { createEndpointStore } from "./stores/endpoint-store.js";
import { createMessageStore } from "./stores/message-store.js";
import { createRateLimitStore } from "./stores/rate-limit-store.js";

export interface PostgresStorageConfig extends DatabaseConfig {
  /** How long a call waits for a connection, in milliseconds. Default 5,000. */
  readonly acquireTimeoutMs?: number;
  /**
   * How long a call waits for the answer to one statement, in milliseconds. Default 15,000. A pool's connection is
   * closed then. Statements in the host's own transactions, and on PGlite, have no such limit.
   */
  readonly statementTimeoutMs?: number;
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
  const { connector, schema } = openDatabase(config, {
    acquireTimeoutMs: config?.acquireTimeoutMs ?? DEFAULT_ACQUIRE_TIMEOUT_MS,
    statementTimeoutMs: config?.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS,
  });
  return storageOn(openSession(connector), tablesIn(schema));
}

function storageOn(session: Session, tables: Tables): Storage {
  const context = { session, tables };
  return {
    apiKeys: createApiKeyStore(context),
    rateLimits: createRateLimitStore(context),
    endpoints: createEndpointStore(context),
    messages: createMessageStore(context),
    deliveries: createDeliveryStore(context),
    queue: createDeliveryQueue(context),
    transaction: (work) => session.transaction("transaction", (_inside, handle) => work(handle)),
    bind: (handle) => storageOn(boundSession(bindHandle(handle), handle), tables),
  };
}
