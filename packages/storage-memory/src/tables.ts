import type {
  ApiKeyRecord,
  AttemptRecord,
  DeliveryRecord,
  EndpointRecord,
  KeyUsageCount,
  MessageRecord,
  SealedSecretRecord,
} from "@tenon/core/ports";
import type { FinalDeliveryState } from "@tenon/core/webhooks";
import {
  createRateLimitOverlay,
  createRateLimitTable,
  type RateLimitTable,
} from "./rate-limits/rate-limit-table.js";
import { instantKey, scopeKey } from "./table/composite-key.js";
import { createOverlay, createTable, type OverlayTable, type Table, type TableShape } from "./table/table.js";

export interface EndpointSecretRow extends SealedSecretRecord {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
}

/** An endpoint that is no more, for the deliveries that name it. */
export interface DeletedEndpointRow {
  readonly tenantId: string;
  readonly id: string;
  readonly deletedAt: Date;
}

/** An endpoint as it was configured. What its deliveries came to is in its state. */
export type EndpointRow = Omit<EndpointRecord, "failingSince" | "lastDeliveryAt">;

/** What the runners know of an endpoint. No row: nothing was delivered yet. */
export interface EndpointStateRow {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly pausedUntil?: Date | undefined;
  readonly pauseReason?: string | undefined;
  readonly failingSince?: Date | undefined;
  readonly consecutiveFailures?: number;
  readonly slowSince?: Date | undefined;
  readonly warnedAt?: Date | undefined;
  readonly lastDeliveryAt?: Date | undefined;
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
  /** Those of them that were made before its schedule began anew. */
  readonly attemptsBefore: number;
  readonly ready: boolean;
  readonly dueAt: Date;
  readonly lease: { readonly token: string; readonly expiresAt: Date } | undefined;
}

export interface KeyUsageRow extends Omit<KeyUsageCount, "hour"> {
  readonly hourMs: number;
}

const shapes = {
  apiKeys: shape<ApiKeyRecord>()({
    primaryKey: (key) => scopeKey(key.tenantId, key.id),
    indexes: {
      byHash: (key) => scopeKey(key.hash),
      byTenant: (key) => scopeKey(key.tenantId) + key.id,
    },
  }),
  keyUsage: shape<KeyUsageRow>()({
    primaryKey: (row) => scopeKey(row.tenantId, row.keyId, String(row.hourMs), row.outcome),
    indexes: {
      byKey: (row) => scopeKey(row.tenantId, row.keyId) + instantKey(row.hourMs) + row.outcome,
    },
  }),
  endpoints: shape<EndpointRow>()({
    primaryKey: (endpoint) => scopeKey(endpoint.tenantId, endpoint.id),
    indexes: { byTenant: (endpoint) => scopeKey(endpoint.tenantId) + endpoint.id },
  }),
  endpointSecrets: shape<EndpointSecretRow>()({
    primaryKey: (secret) => scopeKey(secret.tenantId, secret.endpointId, secret.id),
    indexes: { byEndpoint: (secret) => scopeKey(secret.tenantId, secret.endpointId) + secret.id },
  }),
  deletedEndpoints: shape<DeletedEndpointRow>()({
    primaryKey: (endpoint) => scopeKey(endpoint.tenantId, endpoint.id),
    indexes: {},
  }),
  endpointStates: shape<EndpointStateRow>()({
    primaryKey: (state) => scopeKey(state.tenantId, state.endpointId),
    indexes: {
      slow: (state) =>
        state.slowSince === undefined
          ? undefined
          : instantKey(state.lastDeliveryAt ?? 0) + scopeKey(state.tenantId, state.endpointId),
    },
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
      waitingByEndpoint: (row) =>
        row.ready || row.lease !== undefined
          ? undefined
          : scopeKey(row.tenantId, row.endpointId) + row.deliveryId,
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
export type Tables = { readonly [Name in TableName]: TableOf<Shapes[Name]> } & {
  readonly rateLimits: RateLimitTable;
};

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
    keyUsage: createTable(shapes.keyUsage),
    rateLimits: createRateLimitTable(),
    endpoints: createTable(shapes.endpoints),
    endpointSecrets: createTable(shapes.endpointSecrets),
    deletedEndpoints: createTable(shapes.deletedEndpoints),
    endpointStates: createTable(shapes.endpointStates),
    messages: createTable(shapes.messages),
    deliveries: createTable(shapes.deliveries),
    queue: createTable(shapes.queue),
    attempts: createTable(shapes.attempts),
  };
}

export function overlayTables(below: Tables): TablesOverlay {
  const tables = {
    apiKeys: createOverlay(shapes.apiKeys, below.apiKeys),
    keyUsage: createOverlay(shapes.keyUsage, below.keyUsage),
    rateLimits: createRateLimitOverlay(below.rateLimits),
    endpoints: createOverlay(shapes.endpoints, below.endpoints),
    endpointSecrets: createOverlay(shapes.endpointSecrets, below.endpointSecrets),
    deletedEndpoints: createOverlay(shapes.deletedEndpoints, below.deletedEndpoints),
    endpointStates: createOverlay(shapes.endpointStates, below.endpointStates),
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
