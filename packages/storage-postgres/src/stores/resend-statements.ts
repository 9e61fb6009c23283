import { CLOCK_SKEW_MS, lowestUuidAt } from "../sql/lowest-uuid.js";
import { instant, integer, now, text, uuid } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";
import { beyond, pageOf, type ReplayWalk } from "./replay-walk.js";

/** Makes one more delivery of a message, unless one is pending. */
export function resendStatement(
  tables: Tables,
  {
    tenantId,
    messageUuid,
    endpointUuid,
    now: at,
  }: {
    readonly tenantId: string;
    readonly messageUuid: string;
    readonly endpointUuid: string;
    readonly now?: Date | undefined;
  },
): Sql {
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${now(at)} AS now),
    asked AS MATERIALIZED (
      SELECT m.tenant_id, m.id AS message_id, e.id AS endpoint_id, NULL::timestamptz AS deliver_at,
        (
          SELECT d.id FROM ${tables.deliveries} d
          WHERE d.tenant_id = m.tenant_id AND d.message_id = m.id AND d.endpoint_id = e.id AND d.state IS NULL
          ORDER BY d.id LIMIT 1
        ) AS pending_id,
        ${nextDeliveryId(tables)} AS new_id
      FROM ${tables.messages} m, ${tables.endpoints} e
      WHERE m.tenant_id = ${text(tenantId)} AND m.id = ${uuid(messageUuid)}
        AND e.tenant_id = m.tenant_id AND e.id = ${uuid(endpointUuid)} AND e.deleted_at IS NULL
      -- A message that expires at this moment is no more.
      FOR KEY SHARE OF m
    ),
    missing AS (SELECT * FROM asked WHERE pending_id IS NULL),
    ${insertMissing(tables)}
    SELECT json_build_object('id', coalesce(pending_id, new_id))::text AS record FROM asked`;
}

/** Makes the deliveries that an endpoint lacks of one page of messages. */
export function replayStatement(tables: Tables, walk: ReplayWalk): Sql {
  const { tenantId, endpointUuid, since, limit, after } = walk;
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${now(walk.now)} AS now),
    looked AS MATERIALIZED (
      SELECT m.tenant_id, m.id, m.type, m.channels, m.endpoint_id, m.deliver_at FROM ${tables.messages} m
      WHERE m.tenant_id = ${text(tenantId)} AND m.created_at >= ${instant(since)}
        ${beyond(sql`m.id`, after ?? lowestUuidAt(since.getTime() - CLOCK_SKEW_MS))}
        AND EXISTS (
          SELECT 1 FROM ${tables.endpoints} e
          WHERE e.tenant_id = ${text(tenantId)} AND e.id = ${uuid(endpointUuid)} AND e.deleted_at IS NULL
        )
      ORDER BY m.id LIMIT ${integer(limit)}
    ),
    missing AS MATERIALIZED (
      SELECT m.tenant_id, m.id AS message_id, e.id AS endpoint_id, m.deliver_at, ${nextDeliveryId(tables)} AS new_id
      FROM looked m
      JOIN ${tables.messages} kept ON kept.tenant_id = m.tenant_id AND kept.id = m.id
      JOIN ${tables.endpoints} e ON e.tenant_id = m.tenant_id AND e.id = ${uuid(endpointUuid)} AND e.deleted_at IS NULL
      WHERE (m.endpoint_id IS NULL OR m.endpoint_id = e.id)
        AND ${admitsType(sql`m.type`)}
        AND (e.channels = '[]' OR EXISTS (
          SELECT 1 FROM jsonb_array_elements(e.channels) AS channel WHERE m.channels @> channel
        ))
        AND NOT EXISTS (
          SELECT 1 FROM ${tables.deliveries} d
          WHERE d.tenant_id = m.tenant_id AND d.message_id = m.id AND d.endpoint_id = e.id
        )
      FOR KEY SHARE OF kept
    ),
    ${insertMissing(tables)},
    ${pageOf(limit, sql`inserted`)}`;
}

/**
 * The id of the next delivery of message `m` to endpoint `e`. It follows from those there are, so that callers who meet
 * arrive at the same one, and the primary key lets one of them in.
 */
function nextDeliveryId(tables: Tables): Sql {
  return sql`(
          SELECT (substr(m.id::text, 1, 15) || substr(digest, 16, 4) || 'a' || substr(digest, 21))::uuid
          FROM (
            SELECT md5(concat(m.id, e.id, string_agg(d.id::text, '' ORDER BY d.id)))::uuid::text AS digest
            FROM ${tables.deliveries} d
            WHERE d.tenant_id = m.tenant_id AND d.message_id = m.id AND d.endpoint_id = e.id
          ) earlier
        )`;
}

/** Stores and queues `missing` deliveries. */
function insertMissing(tables: Tables): Sql {
  return sql`inserted AS (
      INSERT INTO ${tables.deliveries} (tenant_id, id, message_id, endpoint_id, created_at)
      SELECT tenant_id, new_id, message_id, endpoint_id, clock.now FROM missing, clock
      -- In one order everywhere: two replays that wait for each other's would be a deadlock.
      ORDER BY tenant_id, message_id
      ON CONFLICT DO NOTHING
      RETURNING tenant_id, id
    ),
    with_queue AS (
      INSERT INTO ${tables.deliveryQueue} (tenant_id, delivery_id, message_id, endpoint_id, ready, due_at)
      SELECT m.tenant_id, m.new_id, m.message_id, m.endpoint_id, m.deliver_at IS NULL OR m.deliver_at <= clock.now,
        greatest(m.deliver_at, clock.now)
      FROM inserted i JOIN missing m ON m.tenant_id = i.tenant_id AND m.new_id = i.id, clock
    )`;
}

/** Whether the event types of endpoint `e` admit a stored type. Repeats core's `matchesEventType`. */
function admitsType(type: Sql): Sql {
  return sql`EXISTS (
      SELECT 1 FROM jsonb_array_elements_text(e.event_types) AS pattern
      WHERE pattern = '*' OR pattern = ${type} OR (
        right(pattern, 2) = '.*' AND starts_with(${type}, left(pattern, -1)) AND length(${type}) >= length(pattern))
    )`;
}
