import type { AuditFilter, AuditRecord, AuditStore, NewAuditRecord } from "@tenon/core/ports";
import type { Session } from "../session.js";
import { scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { AuditRow } from "../tables.js";
import { snapshot } from "./snapshot.js";
import type { StoreContext } from "./store-context.js";

export function createAuditStore(session: Session, { clock }: StoreContext): AuditStore {
  return {
    insert: ({ records, now = clock.now() }) =>
      session.write("audit.insert", (tables) => {
        for (const record of records) tables.audit.put(toRow(record, now));
      }),

    list: ({ tenantId, limit, cursor, ...filter }) =>
      session.read("audit.list", (tables) => {
        const prefix = scopeKey(tenantId);
        const below = cursor === undefined ? undefined : prefix + cursor;
        return take(passing(tables.audit.descend("byTenant", { prefix, below }), filter), limit).map(
          toRecord,
        );
      }),

    prune: ({ olderThanMs, limit, now = clock.now() }) =>
      session.write("audit.prune", (tables) => {
        const oldest = take(tables.audit.ascend("byInstant", {}), limit);
        const over = oldest.filter(({ occurredAt }) => now.getTime() - occurredAt.getTime() >= olderThanMs);
        for (const { tenantId, id } of over) tables.audit.delete(scopeKey(tenantId, id));
        return over.length;
      }),
  };
}

function toRow({ changes, metadata, ...record }: NewAuditRecord, occurredAt: Date): AuditRow {
  const json = [changes, metadata].map((part) => JSON.stringify(part)).join("\n");
  return snapshot({ ...record, occurredAt, json });
}

function toRecord({ json, ...row }: AuditRow): AuditRecord {
  const [changes, metadata] = json.split("\n").map((line) => JSON.parse(line));
  return { ...row, changes, metadata };
}

function* passing(rows: Iterable<AuditRow>, filter: AuditFilter): Generator<AuditRow> {
  for (const row of rows) if (passes(row, filter)) yield row;
}

function passes(row: AuditRow, { from, to, ...filter }: AuditFilter): boolean {
  const { actorId, action, targetType, targetId } = filter;
  return (
    (actorId === undefined || row.actorId === actorId) &&
    (action === undefined || row.action === action) &&
    (targetType === undefined || row.target?.type === targetType) &&
    (targetId === undefined || row.target?.id === targetId) &&
    (from === undefined || row.occurredAt >= from) &&
    (to === undefined || row.occurredAt < to)
  );
}
