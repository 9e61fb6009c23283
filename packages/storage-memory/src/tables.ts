import type {
  ApiKeyRecord,
  AttemptRecord,
  DeliveryRecord,
  EndpointRecord,
  MessageRecord,
  SealedSecretRecord,
} from "@tenon/core/ports";
import type { LimitCounter } from "@tenon/core/rate-limit";
import type { FinalDeliveryState } from "@tenon/core/webhooks";
import { instantKey, scopeKey } from "./table/composite-key.js";
import { createOverlay, createTable, type OverlayTable, type Table, type TableShape } from "./table/table.js";

export interface EndpointSecretRow extends SealedSecretRecord {
  readonly tenantId: string;
  readonly endpointId: string;
}

export interface RateLimitRow {
  readonly subject: string;
  /** By `name:windowSeconds:algorithm`. */
  readonly counters: ReadonlyMap<string, { readonly counter: LimitCounter; readonly expiresAtMs: number }>;
  /** When the last of the counters is over. */
  readonly expiresAtMs: number;
}

/** What outlives the queue. `state` and what follows it are set once, at the end. */
export interface DeliveryRow extends Omit<DeliveryRecord, "state" | "attemptCount" | "nextAttemptAt"> {
  readonly state: FinalDeliveryState | undefined;
  readonly attemptCount: number;
}

/** A delivery that is not final: ready, leased or waiting. */
export interface QueueRow {
  readonly tenantId: string;
  readonly deliveryId: string;
  readonly messageId: string;
  readonly endpointId: string;
  /** Attempts settled so far. */
  readonly attemptCount: number;
  readonly ready: boolean;
  readonly dueAt: Date;
  readonly lease: { readonly token: string; readonly expiresAt: Date } | undefined;
}

const shapes = {
  apiKeys: shape<ApiKeyRecord>()({
    primaryKey: (key) => scopeKey(key.tenantId, key.id),
    indexes: {
      byHash: (key) => scopeKey(key.hash),
      byTenant: (key) => scopeKey(key.tenantId) + key.id,
    },
  }),
  rateLimits: shape<RateLimitRow>()({
    primaryKey: (row) => row.subject,
    indexes: { byExpiry: (row) => instantKey(row.expiresAtMs) + row.subject },
  }),
  endpoints: shape<EndpointRecord>()({
    primaryKey: (endpoint) => scopeKey(endpoint.tenantId, endpoint.id),
    indexes: { byTenant: (endpoint) => scopeKey(endpoint.tenantId) + endpoint.id },
  }),
  endpointSecrets: shape<EndpointSecretRow>()({
    primaryKey: (secret) => scopeKey(secret.tenantId, secret.endpointId, secret.id),
    indexes: { byEndpoint: (secret) => scopeKey(secret.tenantId, secret.endpointId) + secret.id },
  }),
  messages: shape<MessageRecord>()({
    primaryKey: (message) => scopeKey(message.tenantId, message.id),
    indexes: {
      byTenant: (message) => scopeKey(message.tenantId) + message.id,
      byIdempotencyKey: (message) =>
        message.idempotencyKey === undefined ? undefined : scopeKey(message.tenantId, message.idempotencyKey),
    },
  }),
  deliveries: shape<DeliveryRow>()({
    primaryKey: (delivery) => scopeKey(delivery.tenantId, delivery.id),
    indexes: {
      byTenant: (delivery) => scopeKey(delivery.tenantId) + delivery.id,
      byEndpoint: (delivery) => scopeKey(delivery.tenantId, delivery.endpointId) + delivery.id,
      byMessage: (delivery) => scopeKey(delivery.tenantId, delivery.messageId) + delivery.id,
    },
  }),
  queue: shape<QueueRow>()({
    primaryKey: (row) => scopeKey(row.tenantId, row.deliveryId),
    indexes: {
      ready: (row) =>
        row.ready ? scopeKey(row.tenantId, row.endpointId) + row.messageId + row.deliveryId : undefined,
      waiting: (row) =>
        row.ready || row.lease !== undefined ? undefined : instantKey(row.dueAt) + queueKey(row),
      leased: (row) =>
        row.lease === undefined ? undefined : instantKey(row.lease.expiresAt) + queueKey(row),
      leasedByEndpoint: (row) =>
        row.lease === undefined
          ? undefined
          : scopeKey(row.tenantId, row.endpointId) + instantKey(row.lease.expiresAt) + row.deliveryId,
    },
  }),
  attempts: shape<AttemptRecord>()({
    primaryKey: (attempt) => scopeKey(attempt.tenantId, attempt.id),
    indexes: {
      byDelivery: (attempt) =>
        scopeKey(attempt.tenantId, attempt.deliveryId) + instantKey(attempt.attemptNumber) + attempt.id,
    },
  }),
};

type Shapes = typeof shapes;
type TableName = keyof Shapes;
type TableOf<Shape> = Shape extends TableShape<infer Row, infer IndexName> ? Table<Row, IndexName> : never;

/** Every table. */
export type Tables = { readonly [Name in TableName]: TableOf<Shapes[Name]> };

/** Every table, with changes that are kept apart until `merge`. */
export interface TablesOverlay {
  readonly tables: Tables;
  /** Whether this subject's rate limits were changed here. */
  touchesRateLimit(subject: string): boolean;
  merge(): void;
}

export function createTables(): Tables {
  return {
    apiKeys: createTable(shapes.apiKeys),
    rateLimits: createTable(shapes.rateLimits),
    endpoints: createTable(shapes.endpoints),
    endpointSecrets: createTable(shapes.endpointSecrets),
    messages: createTable(shapes.messages),
    deliveries: createTable(shapes.deliveries),
    queue: createTable(shapes.queue),
    attempts: createTable(shapes.attempts),
  };
}

export function overlayTables(below: Tables): TablesOverlay {
  const tables = {
    apiKeys: createOverlay(shapes.apiKeys, below.apiKeys),
    rateLimits: createOverlay(shapes.rateLimits, below.rateLimits),
    endpoints: createOverlay(shapes.endpoints, below.endpoints),
    endpointSecrets: createOverlay(shapes.endpointSecrets, below.endpointSecrets),
    messages: createOverlay(shapes.messages, below.messages),
    deliveries: createOverlay(shapes.deliveries, below.deliveries),
    queue: createOverlay(shapes.queue, below.queue),
    attempts: createOverlay(shapes.attempts, below.attempts),
  };
  return {
    tables,
    touchesRateLimit: (subject) => tables.rateLimits.touches(subject),
    merge() {
      for (const table of Object.values<Pick<OverlayTable<never, never>, "merge">>(tables)) table.merge();
    },
  };
}

/** Fixes a table's row type and infers the names of its indexes. */
function shape<Row>() {
  return <IndexName extends string>(table: TableShape<Row, IndexName>) => table;
}

function queueKey(row: QueueRow): string {
  return scopeKey(row.tenantId, row.deliveryId);
}
