import { uuidToPublicId } from "@tenon/core/encoding";
import type {
  EndpointRateLimit,
  EndpointRecord,
  EndpointSigning,
  SealedHeadersRecord,
  WhileDisabled,
} from "@tenon/core/ports";
import type { RetrySchedule } from "@tenon/core/webhooks";
import { toDate, toOptionalDate } from "../sql/records.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";

export interface EndpointRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly url: string;
  readonly event_types: readonly string[];
  readonly channels: readonly string[];
  readonly name: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly while_disabled: WhileDisabled;
  readonly retry_schedule: RetrySchedule | null;
  readonly timeout_ms: number | null;
  readonly sealed_headers: string | null;
  readonly concurrency: number | null;
  readonly fifo: boolean;
  readonly rate_limit: EndpointRateLimit | null;
  readonly integration_id: string | null;
  readonly signing: EndpointSigning;
  readonly public_key: string | null;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly disabled_at: string | null;
  readonly disabled_reason: string | null;
  readonly failing_since: string | null;
  readonly paused_until: string | null;
  readonly slow_since: string | null;
  readonly last_delivery_at: string | null;
}

/** Everything of an endpoint, under the table's alias `e`. It stands in most statements about endpoints. */
export function endpointColumns(tables: Tables): Sql {
  const known = columnsOf.get(tables);
  if (known !== undefined) return known;
  const columns = sql`${OWN_COLUMNS}, ${sql.join(STATE_COLUMNS.map((column) => stateColumn(tables, column)))}`;
  columnsOf.set(tables, columns);
  return columns;
}

const columnsOf = new WeakMap<Tables, Sql>();

const STATE_COLUMNS = ["failing_since", "paused_until", "slow_since", "last_delivery_at"] as const;

/** From its state; a subquery, so that it can also stand in what a data-modifying statement returns. */
function stateColumn(tables: Tables, column: (typeof STATE_COLUMNS)[number]): Sql {
  return sql`(
    SELECT s.${sql.id(column)} FROM ${tables.endpointStates} s WHERE s.tenant_id = e.tenant_id AND s.endpoint_id = e.id
  ) AS ${sql.id(column)}`;
}

const OWN_COLUMNS = sql`e.tenant_id, e.id, e.url, e.event_types, e.channels, e.name, e.description, e.metadata,
  e.while_disabled, e.retry_schedule, e.timeout_ms, e.sealed_headers, e.concurrency, e.fifo, e.rate_limit, e.integration_id,
  e.signing, e.public_key, e.revision, e.created_at, e.updated_at, e.disabled_at, e.disabled_reason`;

export function toEndpoint(row: EndpointRow): EndpointRecord {
  return {
    tenantId: row.tenant_id,
    id: uuidToPublicId("ep", row.id),
    url: row.url,
    eventTypes: row.event_types,
    channels: row.channels,
    name: row.name ?? undefined,
    description: row.description ?? undefined,
    metadata: row.metadata,
    whileDisabled: row.while_disabled,
    retrySchedule: row.retry_schedule ?? undefined,
    timeoutMs: row.timeout_ms ?? undefined,
    sealedHeaders: decodeSealedHeaders(row.sealed_headers),
    concurrency: row.concurrency ?? undefined,
    fifo: row.fifo,
    rateLimit: row.rate_limit ?? undefined,
    integrationId: row.integration_id ?? undefined,
    signing: row.signing,
    publicKey: row.public_key ?? undefined,
    revision: row.revision,
    createdAt: toDate(row.created_at),
    updatedAt: toDate(row.updated_at),
    disabledAt: toOptionalDate(row.disabled_at),
    disabledReason: row.disabled_reason ?? undefined,
    failingSince: toOptionalDate(row.failing_since),
    pausedUntil: toOptionalDate(row.paused_until),
    slowSince: toOptionalDate(row.slow_since),
    lastDeliveryAt: toOptionalDate(row.last_delivery_at),
  };
}

/** One text column holds both, as JSON: the names to show, and what the vault sealed. */
export function encodeSealedHeaders(headers: SealedHeadersRecord | null | undefined): string | undefined {
  return headers == null ? undefined : JSON.stringify(headers);
}

export function decodeSealedHeaders(text: string | null): SealedHeadersRecord | undefined {
  return text === null ? undefined : (JSON.parse(text) as SealedHeadersRecord);
}
