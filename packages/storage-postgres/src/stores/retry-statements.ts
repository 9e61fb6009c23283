import { instant, integer, now, text, uuid } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";
import { cancelChosen } from "./cancel-statements.js";
import { beyond, pageOf, type ReplayWalk } from "./replay-walk.js";

interface One {
  readonly tenantId: string;
  readonly deliveryUuid: string;
  readonly now?: Date | undefined;
}

/** Makes one delivery due now, or revives it. A row that another statement changed in between is judged anew. */
export function retryStatement(tables: Tables, { tenantId, deliveryUuid, now: at }: One): Sql {
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${now(at)} AS now),
    waiting AS MATERIALIZED (
      SELECT q.tenant_id, q.delivery_id, q.endpoint_id, q.due_at FROM ${tables.deliveryQueue} q
      WHERE q.tenant_id = ${text(tenantId)} AND q.delivery_id = ${uuid(deliveryUuid)}
        AND (q.lease_token IS NULL OR q.lease_expires_at <= (SELECT now FROM clock))
        AND ${endpointExists(tables, sql`q`)}
      FOR UPDATE
    ),
    hastened AS (
      UPDATE ${tables.deliveryQueue} q SET ready = true, due_at = clock.now, lease_token = NULL, lease_expires_at = NULL
      FROM waiting, clock
      WHERE q.tenant_id = waiting.tenant_id AND q.delivery_id = waiting.delivery_id
      RETURNING waiting.tenant_id, waiting.endpoint_id, waiting.due_at
    ),
    with_heads AS (
      -- Others wait for a head until it is due, and now it is.
      UPDATE ${tables.endpointStates} s SET paused_until = NULL, pause_reason = NULL
      FROM hastened
      WHERE s.tenant_id = hastened.tenant_id AND s.endpoint_id = hastened.endpoint_id
        AND s.pause_reason = 'fifo' AND s.paused_until = hastened.due_at
    ),
    dead AS MATERIALIZED (
      SELECT d.tenant_id, d.id, d.message_id, d.endpoint_id, d.attempt_count FROM ${tables.deliveries} d
      WHERE d.tenant_id = ${text(tenantId)} AND d.id = ${uuid(deliveryUuid)} AND d.state IN ('exhausted', 'cancelled')
        AND ${endpointExists(tables, sql`d`)}
      FOR UPDATE
    ),
    ${reviveDead(tables)}
    SELECT json_build_object('count', (SELECT count(*) FROM hastened) + (SELECT count(*) FROM revived))::text AS record`;
}

/** Cancels one delivery that is exhausted, or waits. */
export function discardStatement(tables: Tables, { tenantId, deliveryUuid, now: at }: One): Sql {
  // By its key: a row that was waited for has moved since, and isn't found by its place.
  const isIt = sql`q.tenant_id = ${text(tenantId)} AND q.delivery_id = ${uuid(deliveryUuid)}`;
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${now(at)} AS now),
    chosen AS MATERIALIZED (
      SELECT q.delivery_id FROM ${tables.deliveryQueue} q
      WHERE ${isIt}
        AND (q.lease_token IS NULL OR q.lease_expires_at <= (SELECT now FROM clock))
      FOR UPDATE
    ),
    ${cancelChosen(tables, sql`(SELECT now FROM clock)`, sql`${isIt} AND q.delivery_id = chosen.delivery_id`)},
    discarded AS (
      UPDATE ${tables.deliveries} d SET state = 'cancelled', is_cancelled = true, failure_reason = NULL,
        finished_at = clock.now
      FROM clock
      WHERE d.tenant_id = ${text(tenantId)} AND d.id = ${uuid(deliveryUuid)} AND d.state = 'exhausted'
      RETURNING 1
    )
    SELECT json_build_object('count', (SELECT count(*) FROM cancelled) + (SELECT count(*) FROM discarded))::text
      AS record`;
}

/** Revives one page of an endpoint's dead letters. */
export function recoverStatement(tables: Tables, walk: ReplayWalk): Sql {
  const { tenantId, endpointUuid, since, limit, after } = walk;
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${now(walk.now)} AS now),
    looked AS MATERIALIZED (
      SELECT d.tenant_id, d.id, d.finished_at FROM ${tables.deliveries} d
      WHERE d.tenant_id = ${text(tenantId)} AND d.endpoint_id = ${uuid(endpointUuid)}
        AND d.failure_reason IS NOT NULL AND d.state = 'exhausted' ${beyond(sql`d.id`, after)}
      ORDER BY d.id LIMIT ${integer(limit)}
    ),
    dead AS MATERIALIZED (
      SELECT d.tenant_id, d.id, d.message_id, d.endpoint_id, d.attempt_count
      FROM looked JOIN ${tables.deliveries} d ON d.tenant_id = looked.tenant_id AND d.id = looked.id
      WHERE d.state = 'exhausted' AND looked.finished_at >= ${instant(since)} AND ${endpointExists(tables, sql`d`)}
      FOR UPDATE OF d SKIP LOCKED
    ),
    ${reviveDead(tables)},
    ${pageOf(limit, sql`revived`)}`;
}

/** Takes `dead` deliveries back into the queue. Callers have locked them. */
function reviveDead(tables: Tables): Sql {
  return sql`revived AS (
      UPDATE ${tables.deliveries} d SET state = NULL, is_cancelled = false, attempt_count = NULL, failure_reason = NULL,
        finished_at = NULL
      FROM dead
      WHERE d.tenant_id = dead.tenant_id AND d.id = dead.id
      RETURNING dead.*
    ),
    with_queue AS (
      INSERT INTO ${tables.deliveryQueue} (tenant_id, delivery_id, message_id, endpoint_id, attempt_number,
        attempts_before, ready, due_at)
      SELECT tenant_id, id, message_id, endpoint_id, coalesce(attempt_count, 0), coalesce(attempt_count, 0), true,
        clock.now
      FROM revived, clock
    )`;
}

function endpointExists(tables: Tables, row: Sql): Sql {
  return sql`EXISTS (
          SELECT 1 FROM ${tables.endpoints} e
          WHERE e.tenant_id = ${row}.tenant_id AND e.id = ${row}.endpoint_id AND e.deleted_at IS NULL
        )`;
}
