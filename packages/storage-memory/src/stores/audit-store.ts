import type { AuditFilter, AuditRecord, AuditStore } from "@tenon/core/ports";
import type { Session } from "../session.js";
import { scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import { snapshot } from "./snapshot.js";
import type { StoreContext } from "./store-context.js";

export function createAuditStore(session: Session, { clock }: StoreContext): AuditStore {
  return {
    insert: ({ records, now = clock.now() }) =>
      session.write("audit.insert", (tables) => {
        for (const record of records) tables.audit.put(snapshot({ ...record, occurredAt: now }));
      }),

    list: ({ tenantId, limit, cursor, ...filter }) =>
      session.read("audit.list", (tables) => {
        const prefix = scopeKey(tenantId);
        const below = cursor === undefined ? undefined : prefix + cursor;
        return take(passing(tables.audit.descend("byTenant", { prefix, below }), filter), limit);
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

function* passing(records: Iterable<AuditRecord>, filter: AuditFilter): Generator<AuditRecord> {
  for (const record of records) if (passes(record, filter)) yield record;
}

function passes(record: AuditRecord, { from, to, ...filter }: AuditFilter): boolean {
  const { actorId, action, targetType, targetId } = filter;
  return (
    (actorId === undefined || record.actorId === actorId) &&
    (action === undefined || record.action === action) &&
    (targetType === undefined || record.target?.type === targetType) &&
    (targetId === undefined || record.target?.id === targetId) &&
    (from === undefined || record.occurredAt >= from) &&
    (to === undefined || record.occurredAt < to)
  );
}
