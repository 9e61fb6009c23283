import { SLOW_AFTER_FAILURES } from "@tenon/core/webhooks";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";

/**
 * The tables of a settlement's statement that tell the endpoints' states what was `applied`, in one update for each
 * endpoint, and none where nothing changes. Pauses and recoveries have their states locked before. What merely counts
 * waits for nobody: it is left out while a claim holds the state, and the next attempt tells it.
 */
export function tellStates(tables: Tables, lockedStates: Sql): Sql {
  return sql`outcome AS (
      SELECT a.*, i.kind = 'succeeded' AS succeeded, i.kind <> 'released' AS attempted,
        i.kind <> 'released' AND 'timeout' IN (i.failure_reason, i.attempt_failure) IS TRUE AS timed_out,
        max(a.ordinal) FILTER (WHERE i.kind = 'succeeded') OVER (PARTITION BY a.tenant_id, a.endpoint_id) AS last_success
      FROM applied a JOIN input i USING (ordinal)
    ),
    news AS MATERIALIZED (
      SELECT tenant_id, endpoint_id, bool_or(attempted) AS attempted, bool_or(succeeded) AS recovered,
        count(*) FILTER (WHERE attempted AND ordinal > coalesce(last_success, -1)) AS failures,
        bool_or(timed_out AND ordinal > coalesce(last_success, -1)) AS timed_out,
        max(paused_until) FILTER (WHERE paused_until > clock.now) AS paused_until,
        coalesce(bool_or(blocks) FILTER (WHERE paused_until > clock.now), false) AS blocks
      FROM outcome CROSS JOIN clock GROUP BY tenant_id, endpoint_id
    ),
    at_hand AS MATERIALIZED (
      SELECT s.tenant_id, s.endpoint_id
      FROM news JOIN ${tables.endpointStates} s ON s.tenant_id = news.tenant_id AND s.endpoint_id = news.endpoint_id
      CROSS JOIN clock
      WHERE news.attempted
        AND (news.failures > 0 OR s.last_delivery_at IS NULL OR s.last_delivery_at <= clock.now - interval '1 minute')
      FOR UPDATE OF s SKIP LOCKED
    ),
    told AS MATERIALIZED (
      SELECT news.*, clock.now
      FROM (${lockedStates}SELECT * FROM at_hand) locked JOIN news USING (tenant_id, endpoint_id)
      CROSS JOIN clock
    ),
    with_states AS (
      UPDATE ${tables.endpointStates} s SET
        paused_until = CASE WHEN told.paused_until IS NULL THEN s.paused_until WHEN told.blocks THEN told.paused_until
          ELSE greatest(s.paused_until, told.paused_until) END,
        pause_reason = CASE WHEN told.paused_until IS NULL THEN s.pause_reason WHEN told.blocks THEN 'fifo'
          ELSE 'receiver' END,
        failing_since = CASE WHEN told.failures > 0
          THEN coalesce(CASE WHEN NOT told.recovered THEN s.failing_since END, told.now)
          WHEN NOT told.recovered THEN s.failing_since END,
        consecutive_failures = ${failuresInARow},
        slow_since = CASE WHEN told.timed_out OR ${failuresInARow} >= ${sql.lit(SLOW_AFTER_FAILURES)}
          THEN coalesce(CASE WHEN NOT told.recovered THEN s.slow_since END, told.now)
          WHEN NOT told.recovered THEN s.slow_since END,
        warned_at = CASE WHEN NOT told.recovered THEN s.warned_at END,
        last_delivery_at = CASE WHEN told.attempted THEN told.now ELSE s.last_delivery_at END
      FROM told
      WHERE s.tenant_id = told.tenant_id AND s.endpoint_id = told.endpoint_id
    )`;
}

const failuresInARow = sql`CASE WHEN told.recovered THEN 0 ELSE s.consecutive_failures END + told.failures`;
