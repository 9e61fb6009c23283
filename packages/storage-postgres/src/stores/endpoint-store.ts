import { publicIdToUuid, uuidToPublicId } from "@tenon/core/encoding";
import { StorageError } from "@tenon/core/errors";
import type { EndpointRecord, EndpointStore, WhileDisabled } from "@tenon/core/ports";
import type { RetrySchedule } from "@tenon/core/webhooks";
import { type RawBuilder, sql } from "kysely";
import { pageStart, requireUuid } from "../sql/ids.js";
import { integer, jsonb, now, text, uuid } from "../sql/parameters.js";
import { asRecords, returnedAsRecords, toDate, toOptionalDate } from "../sql/records.js";
import type { StoreContext } from "./store-context.js";

interface EndpointRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly url: string;
  readonly event_types: readonly string[];
  readonly channels: readonly string[];
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly while_disabled: WhileDisabled;
  readonly retry_schedule: RetrySchedule | null;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly disabled_at: string | null;
  readonly disabled_reason: string | null;
}

interface SecretRow {
  readonly id: string;
  readonly sealed: string;
}

/** More than a rotation with overlap ever leaves signing at one time. */
const MOST_SECRETS = 16;

const COLUMNS = sql`tenant_id, id, url, event_types, channels, description, metadata, while_disabled, retry_schedule,
  revision, created_at, updated_at, disabled_at, disabled_reason`;

/** Endpoints, their sealed secrets, and the row that the claim locks. */
export function createEndpointStore({ session, tables }: StoreContext): EndpointStore {
  return {
    insert: async ({ endpoint, secret, now: at }) => {
      const id = requireUuid("ep", endpoint.id);
      const statement = sql`
        WITH made AS (
          INSERT INTO ${tables.endpoints} (tenant_id, id, url, event_types, channels, description, metadata,
            while_disabled, retry_schedule, created_at, updated_at)
          SELECT ${text(endpoint.tenantId)}, ${uuid(id)}, ${text(endpoint.url)}, ${jsonb(endpoint.eventTypes)},
            ${jsonb(endpoint.channels)}, ${text(endpoint.description)}, ${jsonb(endpoint.metadata)},
            ${text(endpoint.whileDisabled)}, ${jsonb(endpoint.retrySchedule)}, clock.now, clock.now
          FROM (SELECT ${now(at)} AS now) clock
          RETURNING ${COLUMNS}
        ), with_secret AS (
          INSERT INTO ${tables.endpointSecrets} (tenant_id, endpoint_id, id, sealed, created_at)
          SELECT tenant_id, id, ${uuid(requireUuid("sec", secret.id))}, ${text(secret.sealed)}, created_at FROM made
        ), with_state AS (
          INSERT INTO ${tables.endpointStates} (tenant_id, endpoint_id) SELECT tenant_id, id FROM made
        )
        SELECT row_to_json(made)::text AS record FROM made`;
      const [row] = await session.records<EndpointRow>("endpoints.insert", statement);
      if (row === undefined) throw missingRow("endpoints.insert");
      return toEndpoint(row);
    },

    find: async ({ tenantId, endpointId }) => {
      const one = ownEndpoint(tenantId, endpointId);
      if (one === undefined) return undefined;
      const query = sql`SELECT ${COLUMNS} FROM ${tables.endpoints} WHERE ${one}`;
      return optionalEndpoint(await session.records<EndpointRow>("endpoints.find", asRecords(query)));
    },

    list: async ({ tenantId, limit, cursor }) => {
      const start = pageStart("ep", cursor);
      if (start === undefined) return [];
      const older = start.before === undefined ? sql`` : sql`AND id < ${uuid(start.before)}`;
      const query = sql`SELECT ${COLUMNS} FROM ${tables.endpoints}
        WHERE tenant_id = ${text(tenantId)} AND deleted_at IS NULL ${older}
        ORDER BY id DESC LIMIT ${integer(limit)}`;
      return (await session.records<EndpointRow>("endpoints.list", asRecords(query))).map(toEndpoint);
    },

    listSecrets: async ({ tenantId, endpointId, now: at }) => {
      const id = publicIdToUuid("ep", endpointId);
      if (id === undefined) return [];
      const query = sql`
        SELECT s.id, s.sealed FROM ${tables.endpointSecrets} s
        JOIN ${tables.endpoints} e ON e.tenant_id = s.tenant_id AND e.id = s.endpoint_id AND e.deleted_at IS NULL
        WHERE s.tenant_id = ${text(tenantId)} AND s.endpoint_id = ${uuid(id)}
          AND (s.expires_at IS NULL OR s.expires_at > ${now(at)})
        ORDER BY s.created_at DESC, s.id DESC LIMIT ${integer(MOST_SECRETS)}`;
      const rows = await session.records<SecretRow>("endpoints.listSecrets", asRecords(query));
      return rows.map((row) => ({ id: uuidToPublicId("sec", row.id), sealed: row.sealed }));
    },

    disable: async ({ tenantId, endpointId, reason, now: at }) => {
      const one = ownEndpoint(tenantId, endpointId);
      if (one === undefined) return undefined;
      // No key column changes, so an open transaction that has published to this endpoint is not waited for.
      const update = sql`
        UPDATE ${tables.endpoints} SET
          disabled_at = coalesce(disabled_at, ${now(at)}),
          disabled_reason = CASE WHEN disabled_at IS NULL THEN ${text(reason)} ELSE disabled_reason END,
          revision = CASE WHEN disabled_at IS NULL THEN revision + 1 ELSE revision END,
          updated_at = CASE WHEN disabled_at IS NULL THEN ${now(at)} ELSE updated_at END
        WHERE ${one}
        RETURNING ${COLUMNS}`;
      return optionalEndpoint(
        await session.records<EndpointRow>("endpoints.disable", returnedAsRecords(update)),
      );
    },

    enable: async ({ tenantId, endpointId, now: at }) => {
      const one = ownEndpoint(tenantId, endpointId);
      if (one === undefined) return undefined;
      const update = sql`
        UPDATE ${tables.endpoints} SET
          disabled_at = NULL,
          disabled_reason = NULL,
          revision = CASE WHEN disabled_at IS NULL THEN revision ELSE revision + 1 END,
          updated_at = CASE WHEN disabled_at IS NULL THEN updated_at ELSE ${now(at)} END
        WHERE ${one}
        RETURNING ${COLUMNS}`;
      return optionalEndpoint(
        await session.records<EndpointRow>("endpoints.enable", returnedAsRecords(update)),
      );
    },
  };
}

/** The condition for one endpoint of a tenant's; undefined when the id isn't an endpoint's. */
function ownEndpoint(tenantId: string, endpointId: string): RawBuilder<unknown> | undefined {
  const id = publicIdToUuid("ep", endpointId);
  if (id === undefined) return undefined;
  return sql`tenant_id = ${text(tenantId)} AND id = ${uuid(id)} AND deleted_at IS NULL`;
}

function optionalEndpoint([row]: readonly EndpointRow[]): EndpointRecord | undefined {
  return row === undefined ? undefined : toEndpoint(row);
}

function toEndpoint(row: EndpointRow): EndpointRecord {
  return {
    tenantId: row.tenant_id,
    id: uuidToPublicId("ep", row.id),
    url: row.url,
    eventTypes: row.event_types,
    channels: row.channels,
    description: row.description ?? undefined,
    metadata: row.metadata,
    whileDisabled: row.while_disabled,
    retrySchedule: row.retry_schedule ?? undefined,
    revision: row.revision,
    createdAt: toDate(row.created_at),
    updatedAt: toDate(row.updated_at),
    disabledAt: toOptionalDate(row.disabled_at),
    disabledReason: row.disabled_reason ?? undefined,
  };
}

function missingRow(operation: string): StorageError {
  return new StorageError("STORAGE_FAILED", `${operation} failed: the database returned no row`, {
    operation,
    retryable: false,
  });
}
