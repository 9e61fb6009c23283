import { uuidToPublicId } from "@tenon/core/encoding";
import type { AuditChange, AuditFilter, AuditRecord, AuditStore, NewAuditRecord } from "@tenon/core/ports";
import { pageStart, requireUuid } from "../sql/ids.js";
import { float, instant, integer, jsonRows, now, text, uuid } from "../sql/parameters.js";
import { asRecords, toDate } from "../sql/records.js";
import { type Sql, sql } from "../sql/sql.js";
import type { StoreContext } from "./store-context.js";

interface AuditRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly occurred_at: string;
  readonly action: string;
  readonly status: AuditRecord["status"];
  readonly actor_id: string;
  readonly actor_kind: string | null;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly correlation_id: string | null;
  readonly target_type: string | null;
  readonly target_id: string | null;
  readonly changes: Readonly<Record<string, AuditChange>>;
  readonly message: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const COLUMNS = sql`tenant_id, id, action, status, actor_id, actor_kind, ip, user_agent, correlation_id, target_type,
  target_id, changes, message, metadata`;

/** The audit log in `audit_records`: insert-only. */
export function createAuditStore({ session, tables }: StoreContext): AuditStore {
  return {
    insert: async ({ records, now: at }) => {
      if (records.length === 0) return;
      await session.records(
        "audit.insert",
        sql`
        INSERT INTO ${tables.auditRecords} (${COLUMNS}, occurred_at)
        SELECT ${COLUMNS}, ${now(at)}
        FROM json_to_recordset(${jsonRows(records.map(toInputRow))}) AS given(tenant_id text, id uuid, action text,
          status text, actor_id text, actor_kind text, ip text, user_agent text, correlation_id text,
          target_type text, target_id text, changes jsonb, message text, metadata jsonb)
        RETURNING '{}'::text AS record`,
      );
    },

    list: async ({ tenantId, limit, cursor, ...filter }) => {
      const start = pageStart("aud", cursor);
      if (start === undefined) return [];
      const older = start.before === undefined ? sql`` : sql`AND id < ${uuid(start.before)}`;
      const query = sql`SELECT ${COLUMNS}, occurred_at FROM ${tables.auditRecords}
        WHERE tenant_id = ${text(tenantId)} ${older} ${filterConditions(filter)}
        ORDER BY id DESC LIMIT ${integer(limit)}`;
      return (await session.records<AuditRow>("audit.list", asRecords(query))).map(toAuditRecord);
    },

    prune: async ({ olderThanMs, limit, now: at }) => {
      const deletion = sql`
        WITH over AS MATERIALIZED (
          SELECT tenant_id, id FROM ${tables.auditRecords}
          WHERE occurred_at <= ${now(at)} - ${float(olderThanMs)} * interval '1 millisecond'
          ORDER BY occurred_at LIMIT ${integer(limit)} FOR UPDATE SKIP LOCKED
        ), gone AS (
          DELETE FROM ${tables.auditRecords} stored USING over
          WHERE stored.tenant_id = over.tenant_id AND stored.id = over.id RETURNING 1
        )
        SELECT json_build_object('count', count(*))::text AS record FROM gone`;
      const [row] = await session.records<{ readonly count: number }>("audit.prune", deletion);
      return row?.count ?? 0;
    },
  };
}

function filterConditions({ actorId, action, targetType, targetId, from, to }: AuditFilter) {
  const conditions: readonly Sql[] = [
    actorId === undefined ? sql`` : sql`AND actor_id = ${text(actorId)}`,
    action === undefined ? sql`` : sql`AND action = ${text(action)}`,
    targetType === undefined ? sql`` : sql`AND target_type = ${text(targetType)}`,
    targetId === undefined ? sql`` : sql`AND target_id = ${text(targetId)}`,
    from === undefined ? sql`` : sql`AND occurred_at >= ${instant(from)}`,
    to === undefined ? sql`` : sql`AND occurred_at < ${instant(to)}`,
  ];
  return sql.join(conditions, " ");
}

function toInputRow(record: NewAuditRecord) {
  return {
    tenant_id: record.tenantId,
    id: requireUuid("aud", record.id),
    action: record.action,
    status: record.status,
    actor_id: record.actorId,
    actor_kind: record.actorKind,
    ip: record.ip,
    user_agent: record.userAgent,
    correlation_id: record.correlationId,
    target_type: record.target?.type,
    target_id: record.target?.id,
    changes: record.changes,
    message: record.message,
    metadata: record.metadata,
  };
}

function toAuditRecord(row: AuditRow): AuditRecord {
  return {
    tenantId: row.tenant_id,
    id: uuidToPublicId("aud", row.id),
    occurredAt: toDate(row.occurred_at),
    action: row.action,
    status: row.status,
    actorId: row.actor_id,
    actorKind: row.actor_kind ?? undefined,
    ip: row.ip ?? undefined,
    userAgent: row.user_agent ?? undefined,
    correlationId: row.correlation_id ?? undefined,
    target:
      row.target_type === null || row.target_id === null
        ? undefined
        : { type: row.target_type, id: row.target_id },
    changes: row.changes,
    message: row.message ?? undefined,
    metadata: row.metadata,
  };
}
