import { publicIdToUuid } from "@tenon/core/encoding";
import type { NewMessage } from "@tenon/core/ports";
import { requireUuid } from "../sql/ids.js";
import { jsonRows, now } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";
import { admitsType } from "./endpoint-statements.js";

/** A message that was stored; one whose idempotency key was taken has no row. */
export interface PublishedRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly created_at: string;
  readonly delivery_count: number;
}

/**
 * Stores messages, matches endpoints and queues deliveries in one statement, which therefore sees one snapshot and
 * costs the host's transaction one round trip. Matching repeats core's `matchesEventType` and `matchesChannels`.
 * A delivery's id is its message's but for the last 20 bits, which count its endpoints: newest first is the same order
 * for both.
 */
export function publishStatement(tables: Tables, messages: readonly NewMessage[], at: Date | undefined): Sql {
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${now(at)} AS now),
    input AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${jsonRows(messages.map(toInputRow))}) AS given(ordinal integer, tenant_id text,
        id uuid, type text, payload text, channels jsonb, endpoint_id uuid, unaddressed boolean, idempotency_key text,
        request_hash text, deliver_at timestamptz)
    ),
    stored AS (
      INSERT INTO ${tables.messages} (tenant_id, id, type, payload, channels, endpoint_id, idempotency_key,
        request_hash, deliver_at, created_at)
      SELECT tenant_id, id, type, payload, channels, endpoint_id, idempotency_key, decode(request_hash, 'hex'),
        deliver_at, clock.now
      FROM input, clock
      -- Keys in one order everywhere: two publishers that wait for each other's key would be a deadlock.
      ORDER BY tenant_id, idempotency_key, ordinal
      ON CONFLICT DO NOTHING
      RETURNING tenant_id, id, created_at
    ),
    matched AS MATERIALIZED (
      SELECT m.tenant_id, m.id AS message_id, e.id AS endpoint_id, m.deliver_at,
        (substr(m.id::text, 1, 31)
          || lpad(to_hex(row_number() OVER (PARTITION BY m.tenant_id, m.id ORDER BY e.id) - 1), 5, '0'))::uuid AS delivery_id
      FROM stored s
      JOIN input m ON m.tenant_id = s.tenant_id AND m.id = s.id
      JOIN ${tables.endpoints} e ON e.tenant_id = m.tenant_id
        AND e.deleted_at IS NULL
        AND (e.disabled_at IS NULL OR e.while_disabled = 'hold')
        AND (m.unaddressed OR e.id = m.endpoint_id)
      WHERE ${admitsType(sql`m.type`)}
        AND (e.channels = '[]' OR EXISTS (
          SELECT 1 FROM jsonb_array_elements(e.channels) AS channel WHERE m.channels @> channel
        ))
    ),
    with_deliveries AS (
      INSERT INTO ${tables.deliveries} (tenant_id, id, message_id, endpoint_id, created_at)
      SELECT tenant_id, delivery_id, message_id, endpoint_id, clock.now FROM matched, clock
    ),
    with_queue AS (
      INSERT INTO ${tables.deliveryQueue} (tenant_id, delivery_id, message_id, endpoint_id, ready, due_at)
      SELECT tenant_id, delivery_id, message_id, endpoint_id,
        deliver_at IS NULL OR deliver_at <= clock.now, coalesce(deliver_at, clock.now)
      FROM matched, clock
    )
    -- Counted by grouping: a join of a thousand messages with their deliveries is planned as for one.
    SELECT json_build_object('tenant_id', tenant_id, 'id', id, 'created_at', max(created_at),
      'delivery_count', count(*) - 1)::text AS record
    FROM (
      SELECT tenant_id, id, created_at FROM stored
      UNION ALL SELECT tenant_id, message_id, NULL FROM matched
    ) written
    GROUP BY tenant_id, id`;
}

/** Stored as an address all the same: without one, a replay would take the message for everybody's. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

function toInputRow(message: NewMessage, ordinal: number): object {
  const { tenantId, id, type, payload, channels, endpointId, idempotencyKey, requestHash, deliverAt } =
    message;
  return {
    ordinal,
    tenant_id: tenantId,
    id: requireUuid("msg", id),
    type,
    payload,
    channels,
    // An id that can't be an endpoint's addresses nobody.
    endpoint_id: endpointId === undefined ? undefined : (publicIdToUuid("ep", endpointId) ?? NOBODY),
    unaddressed: endpointId === undefined,
    idempotency_key: idempotencyKey,
    request_hash: requestHash,
    deliver_at: deliverAt?.toISOString(),
  };
}
