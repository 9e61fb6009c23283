import { publicIdToUuid } from "@tenon/core/encoding";
import type { NewMessage } from "@tenon/core/ports";
import { filtersAdmitting } from "@tenon/core/webhooks";
import { requireUuid } from "../sql/ids.js";
import { instant, jsonb, jsonRows, now, text, texts, uuid } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";

/** A message that was stored; one whose idempotency key was taken has no row. */
export interface PublishedRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly created_at: string;
  readonly delivery_count: number;
}

/**
 * Stores messages, matches endpoints and queues deliveries in one statement, which therefore sees one snapshot and
 * costs the host's transaction one round trip. Matching repeats core's `matchesChannels`.
 * A delivery's id is its message's but for the last 20 bits, which count its endpoints: newest first is the same order
 * for both.
 */
export function publishStatement(tables: Tables, messages: readonly NewMessage[], at: Date | undefined): Sql {
  const [message, ...others] = messages;
  const { stored, filters, published } =
    message !== undefined && others.length === 0
      ? storeOne(tables, message, at)
      : storeMany(tables, messages, at);
  return sql`
    WITH ${stored},
    matched AS MATERIALIZED (
      SELECT m.tenant_id, m.id AS message_id, m.deliver_at, m.created_at, e.id AS endpoint_id,
        (substr(m.id::text, 1, 31)
          || lpad(to_hex(row_number() OVER (PARTITION BY m.tenant_id, m.id ORDER BY e.id) - 1), 5, '0'))::uuid AS delivery_id
      FROM stored m ${filters.join}
      JOIN ${tables.endpoints} e ON e.tenant_id = m.tenant_id
        AND e.deleted_at IS NULL
        AND (e.disabled_at IS NULL OR e.while_disabled = 'hold')
        AND (m.endpoint_id IS NULL OR e.id = m.endpoint_id)
      WHERE jsonb_exists_any(e.event_types, ${filters.eventTypes})
        AND (e.channels = '[]' OR jsonb_exists_any(e.channels, ${filters.channels}))
    ),
    with_deliveries AS (
      INSERT INTO ${tables.deliveries} (tenant_id, id, message_id, endpoint_id, created_at)
      SELECT tenant_id, delivery_id, message_id, endpoint_id, created_at FROM matched
    ),
    with_queue AS (
      INSERT INTO ${tables.deliveryQueue} (tenant_id, delivery_id, message_id, endpoint_id, ready, due_at)
      SELECT tenant_id, delivery_id, message_id, endpoint_id,
        deliver_at IS NULL OR deliver_at <= created_at, coalesce(deliver_at, created_at)
      FROM matched
    )
    ${published}`;
}

interface StoringPart {
  /** The table `stored`. */
  readonly stored: Sql;
  /** What a stored message `m` is matched by, and what has to be joined for it. */
  readonly filters: { readonly join: Sql; readonly eventTypes: Sql; readonly channels: Sql };
  /** Selects what was stored. */
  readonly published: Sql;
}

const COLUMNS = sql`tenant_id, id, type, payload, channels, endpoint_id, idempotency_key, request_hash, deliver_at,
        created_at`;

/**
 * Of its own, as nearly all publishes are of one: on a host's connection the statement is parsed and planned each time,
 * and both take half as long without a table of messages.
 */
function storeOne(tables: Tables, message: NewMessage, at: Date | undefined): StoringPart {
  const { tenantId, id, type, payload, channels, idempotencyKey, requestHash, deliverAt } = message;
  return {
    stored: sql`stored AS (
      INSERT INTO ${tables.messages} (${COLUMNS})
      VALUES (${text(tenantId)}, ${uuid(requireUuid("msg", id))}, ${text(type)}, ${text(payload)}, ${jsonb(channels)},
        ${uuid(addressOf(message))}, ${text(idempotencyKey)}, decode(${text(requestHash)}, 'hex'), ${instant(deliverAt)},
        ${now(at)})
      ON CONFLICT DO NOTHING
      RETURNING tenant_id, id, endpoint_id, deliver_at, created_at
    )`,
    filters: { join: sql``, eventTypes: texts(filtersAdmitting(type)), channels: texts(channels) },
    published: sql`SELECT json_build_object('tenant_id', tenant_id, 'id', id, 'created_at', created_at,
      'delivery_count', (SELECT count(*) FROM matched))::text AS record
    FROM stored`,
  };
}

function storeMany(tables: Tables, messages: readonly NewMessage[], at: Date | undefined): StoringPart {
  return {
    stored: sql`input AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${jsonRows(messages.map(toInputRow))}) AS given(ordinal integer, tenant_id text,
        id uuid, type text, payload text, channels jsonb, endpoint_id uuid, idempotency_key text, request_hash text,
        deliver_at timestamptz, admitting text[], channel_names text[])
    ),
    stored AS (
      INSERT INTO ${tables.messages} (${COLUMNS})
      SELECT tenant_id, id, type, payload, channels, endpoint_id, idempotency_key, decode(request_hash, 'hex'),
        deliver_at, ${now(at)}
      FROM input
      -- Keys in one order everywhere: two publishers that wait for each other's key would be a deadlock.
      ORDER BY tenant_id, idempotency_key, ordinal
      ON CONFLICT DO NOTHING
      RETURNING tenant_id, id, endpoint_id, deliver_at, created_at
    )`,
    filters: {
      join: sql`JOIN input ON input.tenant_id = m.tenant_id AND input.id = m.id`,
      eventTypes: sql`input.admitting`,
      channels: sql`input.channel_names`,
    },
    // Counted by grouping: a join of a thousand messages with their deliveries is planned as for one.
    published: sql`SELECT json_build_object('tenant_id', tenant_id, 'id', id, 'created_at', max(created_at),
      'delivery_count', count(*) - 1)::text AS record
    FROM (
      SELECT tenant_id, id, created_at FROM stored
      UNION ALL SELECT tenant_id, message_id, NULL FROM matched
    ) written
    GROUP BY tenant_id, id`,
  };
}

function toInputRow(message: NewMessage, ordinal: number): object {
  const { tenantId, id, type, payload, channels, idempotencyKey, requestHash, deliverAt } = message;
  return {
    ordinal,
    tenant_id: tenantId,
    id: requireUuid("msg", id),
    type,
    payload,
    channels,
    endpoint_id: addressOf(message),
    idempotency_key: idempotencyKey,
    request_hash: requestHash,
    deliver_at: deliverAt?.toISOString(),
    admitting: filtersAdmitting(type),
    channel_names: channels,
  };
}

/** Stored as an address all the same: without one, a replay would take the message for everybody's. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** An id that can't be an endpoint's addresses nobody. */
function addressOf({ endpointId }: NewMessage): string | undefined {
  return endpointId === undefined ? undefined : (publicIdToUuid("ep", endpointId) ?? NOBODY);
}
