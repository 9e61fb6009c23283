import type {
  ApiKeyRecord,
  AttemptRecord,
  AuditRecord,
  DeliveryRecord,
  EndpointHealth,
  EndpointRecord,
  KeyUsageCount,
  MessageRecord,
  SealedSecretRecord,
  ShortLivedKey,
} from "@tenon/core/ports";
import type { FinalDeliveryState } from "@tenon/core/webhooks";
import {
  createRateLimitOverlay,
  createRateLimitTable,
  type RateLimitTable,
} from "./rate-limits/rate-limit-table.js";
import { instantKey, joinKeys, scopeKey } from "./table/composite-key.js";
import { createOverlay, createTable, type OverlayTable, type Table } from "./table/table.js";
import type { TableShape } from "./table/table-shape.js";

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
export type EndpointRow = Omit<EndpointRecord, keyof EndpointHealth>;

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
  /** What its rate limit has let through since its window opened. */
  readonly rateWindow?: { readonly startedAt: Date; readonly count: number } | undefined;
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

/** An attempt, and whether its delivery was final with it. */
export interface AttemptRow extends AttemptRecord {
  readonly isLast: boolean;
}

export interface KeyUsageRow extends Omit<KeyUsageCount, "hour"> {
  readonly hourMs: number;
}

/** What changed is kept as JSON: as objects, it took more memory than the record that it tells of. */
export interface AuditRow extends Omit<AuditRecord, "changes" | "metadata"> {
  /** Two lines: `changes`, and `metadata`. */
  readonly json: string;
}

/** A value that matters for a while. */
export interface ShortLivedRow extends ShortLivedKey {
  readonly value: string;
  readonly expiresAt: Date;
}

const shapes = {
  apiKeys: shape<ApiKeyRecord>()({
    primaryKey: (key) => scopeKey(key.tenantId, key.id),
    indexes: {
      byHash: (key) => key.hash,
      byTenant: (key) => joinKeys(scopeKey(key.tenantId), key.id),
    },
  }),
  keyUsage: shape<KeyUsageRow>()({
    primaryKey: (row) => scopeKey(row.tenantId, row.keyId, String(row.hourMs), row.outcome),
    indexes: {
      byKey: (row) => joinKeys(scopeKey(row.tenantId, row.keyId), instantKey(row.hourMs), row.outcome),
      byHour: (row) => joinKeys(instantKey(row.hourMs), scopeKey(row.tenantId, row.keyId, row.outcome)),
    },
  }),
  shortLived: shape<ShortLivedRow>()({
    primaryKey: shortLivedKey,
    indexes: { byExpiry: (row) => joinKeys(instantKey(row.expiresAt), shortLivedKey(row)) },
  }),
  endpoints: shape<EndpointRow>()({
    primaryKey: (endpoint) => scopeKey(endpoint.tenantId, endpoint.id),
    indexes: { byTenant: (endpoint) => joinKeys(scopeKey(endpoint.tenantId), endpoint.id) },
  }),
  endpointSecrets: shape<EndpointSecretRow>()({
    primaryKey: (secret) => scopeKey(secret.tenantId, secret.endpointId, secret.id),
    indexes: { byEndpoint: (secret) => joinKeys(scopeKey(secret.tenantId, secret.endpointId), secret.id) },
  }),
  deletedEndpoints: shape<DeletedEndpointRow>()({
    primaryKey: (endpoint) => scopeKey(endpoint.tenantId, endpoint.id),
    indexes: {
      byInstant: (endpoint) =>
        joinKeys(instantKey(endpoint.deletedAt), scopeKey(endpoint.tenantId, endpoint.id)),
    },
  }),
  endpointStates: shape<EndpointStateRow>()({
    primaryKey: (state) => scopeKey(state.tenantId, state.endpointId),
    indexes: {
      slow: (state) =>
        state.slowSince === undefined
          ? undefined
          : joinKeys(instantKey(state.lastDeliveryAt ?? 0), scopeKey(state.tenantId, state.endpointId)),
    },
  }),
  messages: shape<MessageRecord>()({
    primaryKey: (message) => scopeKey(message.tenantId, message.id),
    indexes: {
      byTenant: (message) => joinKeys(scopeKey(message.tenantId), message.id),
      byIdempotencyKey: (message) =>
        message.idempotencyKey === undefined ? undefined : scopeKey(message.tenantId, message.idempotencyKey),
    },
  }),
  deliveries: shape<DeliveryRow>()({
    primaryKey: (delivery) => scopeKey(delivery.tenantId, delivery.id),
    indexes: {
      byTenant: (delivery) => joinKeys(scopeKey(delivery.tenantId), delivery.id),
      byEndpoint: (delivery) => joinKeys(scopeKey(delivery.tenantId, delivery.endpointId), delivery.id),
      byMessage: (delivery) => joinKeys(scopeKey(delivery.tenantId, delivery.messageId), delivery.id),
    },
  }),
  queue: shape<QueueRow>()({
    primaryKey: (row) => scopeKey(row.tenantId, row.deliveryId),
    indexes: {
      ready: (row) =>
        row.ready
          ? joinKeys(scopeKey(row.tenantId, row.endpointId), row.messageId, row.deliveryId)
          : undefined,
      waiting: (row) =>
        row.ready || row.lease !== undefined ? undefined : joinKeys(instantKey(row.dueAt), queueKey(row)),
      waitingByEndpoint: (row) =>
        row.ready || row.lease !== undefined
          ? undefined
          : joinKeys(scopeKey(row.tenantId, row.endpointId), row.deliveryId),
      leased: (row) =>
        row.lease === undefined ? undefined : joinKeys(instantKey(row.lease.expiresAt), queueKey(row)),
      leasedByEndpoint: (row) =>
        row.lease === undefined
          ? undefined
          : joinKeys(scopeKey(row.tenantId, row.endpointId), instantKey(row.lease.expiresAt), row.deliveryId),
    },
  }),
  attempts: shape<AttemptRow>()({
    primaryKey: (attempt) => scopeKey(attempt.tenantId, attempt.id),
    indexes: {
      byDelivery: (attempt) =>
        joinKeys(
          scopeKey(attempt.tenantId, attempt.deliveryId),
          instantKey(attempt.attemptNumber),
          attempt.id,
        ),
      byEndpoint: (attempt) =>
        joinKeys(scopeKey(attempt.tenantId, attempt.endpointId), instantKey(attempt.startedAt), attempt.id),
    },
  }),
  audit: shape<AuditRow>()({
    primaryKey: (record) => scopeKey(record.tenantId, record.id),
    indexes: {
      byTenant: (record) => joinKeys(scopeKey(record.tenantId), record.id),
      byInstant: (record) => joinKeys(instantKey(record.occurredAt), scopeKey(record.tenantId, record.id)),
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
    shortLived: createTable(shapes.shortLived),
    endpoints: createTable(shapes.endpoints),
    endpointSecrets: createTable(shapes.endpointSecrets),
    deletedEndpoints: createTable(shapes.deletedEndpoints),
    endpointStates: createTable(shapes.endpointStates),
    messages: createTable(shapes.messages),
    deliveries: createTable(shapes.deliveries),
    queue: createTable(shapes.queue),
    attempts: createTable(shapes.attempts),
    audit: createTable(shapes.audit),
  };
}

export function overlayTables(below: Tables): TablesOverlay {
  const tables = {
    apiKeys: createOverlay(shapes.apiKeys, below.apiKeys),
    keyUsage: createOverlay(shapes.keyUsage, below.keyUsage),
    rateLimits: createRateLimitOverlay(below.rateLimits),
    shortLived: createOverlay(shapes.shortLived, below.shortLived),
    endpoints: createOverlay(shapes.endpoints, below.endpoints),
    endpointSecrets: createOverlay(shapes.endpointSecrets, below.endpointSecrets),
    deletedEndpoints: createOverlay(shapes.deletedEndpoints, below.deletedEndpoints),
    endpointStates: createOverlay(shapes.endpointStates, below.endpointStates),
    messages: createOverlay(shapes.messages, below.messages),
    deliveries: createOverlay(shapes.deliveries, below.deliveries),
    queue: createOverlay(shapes.queue, below.queue),
    attempts: createOverlay(shapes.attempts, below.attempts),
    audit: createOverlay(shapes.audit, below.audit),
  };
  return {
    tables,
    touchesRateLimit: (subject) => tables.rateLimits.touches(subject),
    merge() {
      for (const table of Object.values<Pick<OverlayTable<never, never>, "merge">>(tables)) table.merge();
    },
  };
}

/** Removes at most `limit` rows of a tenant's from every table, and says of each how many they were. */
export function eraseRowsOf(
  tables: Tables,
  tenantId: string,
  limit: number,
): readonly (readonly [table: keyof Tables, count: number])[] {
  // Of all the tables there are, so that none is forgotten; a row that belongs to no tenant isn't a tenant's.
  return (Object.keys(shapes) as TableName[]).map((name) => {
    const table: Pick<Table<unknown, never>, "rows" | "delete"> = tables[name];
    const primaryKey = shapes[name].primaryKey as (row: unknown) => string;
    const keys: string[] = [];
    for (const row of table.rows()) {
      if (keys.length >= limit) break;
      if ((row as { readonly tenantId: string }).tenantId === tenantId) keys.push(primaryKey(row));
    }
    for (const key of keys) table.delete(key);
    return [name, keys.length] as const;
  });
}

/** Fixes a table's row type and infers the names of its indexes. */
function shape<Row>() {
  return <IndexName extends string>(table: TableShape<Row, IndexName>) => table;
}

/** The place of a short-lived value. */
export function shortLivedKey({ tenantId, purpose, key }: ShortLivedKey): string {
  return scopeKey(tenantId, purpose, key);
}

function queueKey(row: QueueRow): string {
  return scopeKey(row.tenantId, row.deliveryId);
}
