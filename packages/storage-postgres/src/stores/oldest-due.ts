import type { OldestDue } from "@tenon/core/ports";
import { now } from "../sql/parameters.js";
import { toDate } from "../sql/records.js";
import { type Sql, sql } from "../sql/sql.js";
import type { StoreContext } from "./store-context.js";

/** What has waited longest of what could be delivered now: by jumps through the indexes, whatever the backlog. */
export async function findOldestDue(
  { session, tables }: StoreContext,
  at: Date | undefined,
): Promise<OldestDue | undefined> {
  const servedAs = (alias: Sql) => sql`
    JOIN ${tables.endpoints} e ON e.tenant_id = ${alias}.tenant_id AND e.id = ${alias}.endpoint_id
      AND e.disabled_at IS NULL AND e.deleted_at IS NULL
    LEFT JOIN ${tables.endpointStates} s ON s.tenant_id = ${alias}.tenant_id AND s.endpoint_id = ${alias}.endpoint_id`;
  const isUnpaused = sql`(s.paused_until IS NULL OR s.paused_until <= (SELECT now FROM clock))`;
  const statement = sql`
    WITH RECURSIVE clock AS MATERIALIZED (SELECT ${now(at)} AS now),
    head AS (
      (
        SELECT tenant_id, endpoint_id, due_at FROM ${tables.deliveryQueue}
        WHERE ready ORDER BY endpoint_id, tenant_id, message_id LIMIT 1
      )
      UNION ALL
      SELECT following.* FROM head CROSS JOIN LATERAL (
        SELECT q.tenant_id, q.endpoint_id, q.due_at FROM ${tables.deliveryQueue} q
        WHERE q.ready AND (q.endpoint_id, q.tenant_id) > (head.endpoint_id, head.tenant_id)
        ORDER BY q.endpoint_id, q.tenant_id, q.message_id LIMIT 1
      ) following
    ),
    oldest AS MATERIALIZED (
      SELECT min(candidate.due_at) AS due_at FROM (
        SELECT head.due_at FROM head ${servedAs(sql`head`)} WHERE ${isUnpaused}
        UNION ALL
        (
          SELECT q.due_at FROM ${tables.deliveryQueue} q ${servedAs(sql`q`)}
          WHERE NOT q.ready AND q.lease_token IS NULL AND q.due_at <= (SELECT now FROM clock) AND ${isUnpaused}
          ORDER BY q.due_at LIMIT 1
        )
        UNION ALL
        SELECT q.due_at FROM ${tables.deliveryQueue} q ${servedAs(sql`q`)}
        WHERE q.lease_token IS NOT NULL AND q.lease_expires_at <= (SELECT now FROM clock) AND ${isUnpaused}
      ) candidate
    )
    SELECT json_build_object(
      'due_at', due_at,
      'age_ms', greatest(0, floor(extract(epoch FROM (SELECT now FROM clock) - due_at) * 1000))
    )::text AS record
    FROM oldest WHERE due_at IS NOT NULL`;
  const [row] = await session.records<{ readonly due_at: string; readonly age_ms: number }>(
    "queue.oldestDue",
    statement,
  );
  return row === undefined ? undefined : { dueAt: toDate(row.due_at), ageMs: row.age_ms };
}
