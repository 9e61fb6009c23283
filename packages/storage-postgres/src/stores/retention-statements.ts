import { float, integer, jsonRows, now, text, uuid } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";

interface Age {
  readonly retentionMs: number;
  readonly limit: number;
  readonly now?: Date | undefined;
}

/** A message old enough to be looked at, and whether all that it led to ended long enough ago. */
export interface OldMessageRow {
  readonly id: string;
  readonly ended: boolean;
}

/** Jumps through the messages from tenant to tenant, so that each costs a look however much it has. */
export function listTenantsStatement(
  tables: Tables,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Sql {
  const beyond = after === undefined ? sql`` : sql`WHERE m.tenant_id > ${text(after)}`;
  return sql`
    WITH RECURSIVE tenant AS (
      (
        SELECT m.tenant_id, m.created_at, 1::bigint AS place FROM ${tables.messages} m ${beyond}
        ORDER BY m.tenant_id, m.id LIMIT 1
      )
      UNION ALL
      SELECT following.tenant_id, following.created_at, tenant.place + 1
      FROM tenant CROSS JOIN LATERAL (
        SELECT m.tenant_id, m.created_at FROM ${tables.messages} m WHERE m.tenant_id > tenant.tenant_id
        ORDER BY m.tenant_id, m.id LIMIT 1
      ) following
      WHERE tenant.place < ${integer(limit)}
    )
    SELECT tenant_id, created_at AS oldest_at FROM tenant ORDER BY place`;
}

/**
 * Looks at a tenant's oldest messages, and locks those that ended. A statement of its own: the removal then begins
 * with a snapshot newer than the locks, and sees every delivery that was made under a share of them.
 */
export function findOldMessages(
  tables: Tables,
  {
    tenantId,
    afterUuid,
    ...age
  }: Age & { readonly tenantId: string; readonly afterUuid: string | undefined },
): Sql {
  const beyond = afterUuid === undefined ? sql`` : sql`AND m.id > ${uuid(afterUuid)}`;
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${endedBy(age)} AS ended_by),
    looked AS MATERIALIZED (
      SELECT oldest.* FROM (
        SELECT m.tenant_id, m.id, m.created_at FROM ${tables.messages} m
        WHERE m.tenant_id = ${text(tenantId)} ${beyond} ORDER BY m.id LIMIT ${integer(age.limit)}
      ) oldest, clock
      WHERE oldest.created_at <= clock.ended_by
    ),
    ended AS MATERIALIZED (
      SELECT m.id FROM looked JOIN ${tables.messages} m ON m.tenant_id = looked.tenant_id AND m.id = looked.id
      WHERE NOT EXISTS (
        SELECT 1 FROM ${tables.deliveries} d, clock
        WHERE d.tenant_id = looked.tenant_id AND d.message_id = looked.id
          AND (d.finished_at IS NULL OR d.finished_at > clock.ended_by)
      )
      FOR UPDATE OF m SKIP LOCKED
    )
    SELECT looked.id, ended.id IS NOT NULL AS ended
    FROM looked LEFT JOIN ended ON ended.id = looked.id ORDER BY looked.id`;
}

/** Removes at most `limit` deliveries of locked messages with their attempts, and the messages that have none left. */
export function removeMessages(
  tables: Tables,
  messageUuids: readonly string[],
  { tenantId, ...age }: Age & { readonly tenantId: string },
): Sql {
  // As arrays: joined, PostgreSQL would rather read a table of middling size from end to end.
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${endedBy(age)} AS ended_by),
    given AS MATERIALIZED (SELECT id::uuid FROM json_array_elements_text(${jsonRows(messageUuids)}) AS given(id)),
    leaving AS MATERIALIZED (
      SELECT d.id FROM ${tables.deliveries} d
      WHERE d.tenant_id = ${text(tenantId)} AND d.message_id = ANY (ARRAY(SELECT id FROM given))
        AND d.finished_at <= (SELECT ended_by FROM clock)
      LIMIT ${integer(age.limit)} FOR UPDATE SKIP LOCKED
    ),
    attempts_gone AS (
      DELETE FROM ${tables.attempts} a
      WHERE a.tenant_id = ${text(tenantId)} AND a.delivery_id = ANY (ARRAY(SELECT id FROM leaving)) RETURNING 1
    ),
    deliveries_gone AS (
      DELETE FROM ${tables.deliveries} d
      WHERE d.tenant_id = ${text(tenantId)} AND d.id = ANY (ARRAY(SELECT id FROM leaving)) RETURNING 1
    ),
    messages_gone AS (
      DELETE FROM ${tables.messages} m
      WHERE m.tenant_id = ${text(tenantId)} AND m.id = ANY (ARRAY(SELECT id FROM given)) AND NOT EXISTS (
        SELECT 1 FROM ${tables.deliveries} d
        WHERE d.tenant_id = m.tenant_id AND d.message_id = m.id AND d.id NOT IN (SELECT id FROM leaving)
      )
      RETURNING 1
    )
    SELECT json_build_object('messages', (SELECT count(*) FROM messages_gone),
      'deliveries', (SELECT count(*) FROM deliveries_gone), 'attempts', (SELECT count(*) FROM attempts_gone))::text
      AS record`;
}

/** Removes deleted endpoints that no delivery names, with their secrets (by the foreign key) and states. */
export function removeEndpoints(tables: Tables, age: Age): Sql {
  return sql`
    WITH unused AS MATERIALIZED (
      SELECT e.tenant_id, e.id FROM ${tables.endpoints} e
      WHERE e.deleted_at <= ${endedBy(age)} AND NOT EXISTS (
        SELECT 1 FROM ${tables.deliveries} d WHERE d.tenant_id = e.tenant_id AND d.endpoint_id = e.id
      )
      ORDER BY e.deleted_at LIMIT ${integer(age.limit)} FOR UPDATE OF e SKIP LOCKED
    ),
    states_gone AS (
      DELETE FROM ${tables.endpointStates} s USING unused
      WHERE s.tenant_id = unused.tenant_id AND s.endpoint_id = unused.id
    ),
    gone AS (
      DELETE FROM ${tables.endpoints} e USING unused WHERE e.tenant_id = unused.tenant_id AND e.id = unused.id
      RETURNING 1
    )
    SELECT json_build_object('count', count(*))::text AS record FROM gone`;
}

/** Removes counts of hours that are long over. */
export function removeUsage(tables: Tables, age: Age): Sql {
  return sql`
    WITH old AS MATERIALIZED (
      SELECT u.tenant_id, u.key_id, u.hour, u.outcome FROM ${tables.apiKeyUsage} u
      WHERE u.hour < ${endedBy(age)} ORDER BY u.hour LIMIT ${integer(age.limit)} FOR UPDATE SKIP LOCKED
    ),
    gone AS (
      DELETE FROM ${tables.apiKeyUsage} u USING old
      WHERE u.tenant_id = old.tenant_id AND u.key_id = old.key_id AND u.hour = old.hour AND u.outcome = old.outcome
      RETURNING 1
    )
    SELECT json_build_object('count', count(*))::text AS record FROM gone`;
}

/** What ended by then is old enough. */
function endedBy({ retentionMs, now: at }: Age): Sql {
  return sql`${now(at)} - ${float(retentionMs)} * interval '1 millisecond'`;
}
