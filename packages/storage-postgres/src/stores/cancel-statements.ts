import { integer, jsonRows, now, text, uuid } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";

/** What a deleted endpoint left behind is cancelled in steps of at most this many. */
const CANCEL_BATCH = 1_000;

/** Cancels ready deliveries of endpoints that were deleted. One that somebody else has locked is left for the next time. */
export function cancelReady(
  tables: Tables,
  endpoints: readonly { readonly tenant_id: string; readonly endpoint_id: string }[],
  at: Date | undefined,
): Sql {
  return sql`
    WITH chosen AS MATERIALIZED (
      SELECT oldest.tenant_id, oldest.at
      FROM json_to_recordset(${jsonRows(endpoints)}) AS l(tenant_id text, endpoint_id uuid)
      CROSS JOIN LATERAL (
        SELECT q.tenant_id, q.ctid AS at FROM ${tables.deliveryQueue} q
        WHERE q.ready AND q.tenant_id = l.tenant_id AND q.endpoint_id = l.endpoint_id
        ORDER BY q.message_id LIMIT ${integer(CANCEL_BATCH)} FOR UPDATE SKIP LOCKED
      ) oldest
      LIMIT ${integer(CANCEL_BATCH)}
    ),
    ${cancelChosen(tables, now(at))}
    SELECT json_build_object('count', count(*))::text AS record FROM cancelled`;
}

/** Cancels deliveries of one endpoint that are neither final nor leased. */
export function cancelBacklog(
  tables: Tables,
  {
    tenantId,
    endpointUuid,
    limit,
    now: at,
  }: {
    readonly tenantId: string;
    readonly endpointUuid: string;
    readonly limit: number;
    readonly now?: Date | undefined;
  },
): Sql {
  const oldest = (tried: Sql) => sql`
      SELECT q.tenant_id, q.ctid AS at FROM ${tables.deliveryQueue} q
      WHERE q.tenant_id = ${text(tenantId)} AND q.endpoint_id = ${uuid(endpointUuid)} AND ${tried}
        AND q.lease_token IS NULL
      ORDER BY q.delivery_id LIMIT ${integer(limit)} FOR UPDATE SKIP LOCKED`;
  return sql`
    WITH untried AS MATERIALIZED (${oldest(sql`q.attempt_number = 0`)}),
    tried AS MATERIALIZED (${oldest(sql`q.attempt_number > 0`)}),
    chosen AS MATERIALIZED (
      SELECT * FROM untried UNION ALL SELECT * FROM tried LIMIT ${integer(limit)}
    ),
    ${cancelChosen(tables, now(at))}
    SELECT json_build_object('count', count(*))::text AS record FROM cancelled`;
}

/**
 * The tables of a statement, `cancelled` and what follows from it, that take `chosen` deliveries out of the queue for good.
 * By their places, under the locks they were chosen with: a planner that thinks the queue is empty would look for their
 * keys by reading all of it.
 */
export function cancelChosen(
  tables: Tables,
  instant: Sql,
  isChosen: Sql = sql`q.ctid = chosen.at AND coalesce(q.tenant_id = chosen.tenant_id, false)`,
): Sql {
  return sql`cancelled AS (
      DELETE FROM ${tables.deliveryQueue} q USING chosen
      WHERE ${isChosen}
      RETURNING q.tenant_id, q.delivery_id, q.endpoint_id, q.attempt_number, q.due_at
    ),
    with_heads AS (
      -- Nobody waits for a head that is no more.
      UPDATE ${tables.endpointStates} s SET paused_until = NULL, pause_reason = NULL
      FROM cancelled
      WHERE s.tenant_id = cancelled.tenant_id AND s.endpoint_id = cancelled.endpoint_id
        AND s.pause_reason = 'fifo' AND s.paused_until = cancelled.due_at
    ),
    with_cancelled AS (
      UPDATE ${tables.deliveries} d
      SET state = 'cancelled', is_cancelled = true, attempt_count = cancelled.attempt_number, finished_at = ${instant}
      FROM cancelled
      WHERE d.tenant_id = cancelled.tenant_id AND d.id = cancelled.delivery_id
    )`;
}
