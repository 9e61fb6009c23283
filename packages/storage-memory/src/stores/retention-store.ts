import type { RetentionStore } from "@tenon/core/ports";
import type { Session } from "../session.js";
import { aboveAll, instantKey, scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { DeliveryRow, Tables } from "../tables.js";
import type { StoreContext } from "./store-context.js";

export function createRetentionStore(session: Session, { clock }: StoreContext): RetentionStore {
  return {
    listTenants: ({ limit, after }) =>
      session.read("retention.listTenants", ({ messages }) => {
        const tenants = [];
        let from = after === undefined ? "" : aboveAll(scopeKey(after));
        while (tenants.length < limit) {
          const [oldest] = take(messages.ascend("byTenant", { from }), 1);
          if (oldest === undefined) break;
          tenants.push({ tenantId: oldest.tenantId, oldestAt: oldest.createdAt });
          from = aboveAll(scopeKey(oldest.tenantId));
        }
        return tenants;
      }),

    pruneMessages: ({ tenantId, retentionMs, limit, cursor, now = clock.now() }) =>
      session.write("retention.pruneMessages", (tables) => {
        const endedBy = new Date(now.getTime() - retentionMs);
        const prefix = scopeKey(tenantId);
        const from = cursor === undefined ? prefix : aboveAll(prefix + cursor);
        const old = take(tables.messages.ascend("byTenant", { prefix, from }), limit).filter(
          ({ createdAt }) => createdAt <= endedBy,
        );
        const removed = { messages: 0, deliveries: 0, attempts: 0 };
        for (const { id } of old) {
          const deliveries = [...tables.deliveries.ascend("byMessage", { prefix: scopeKey(tenantId, id) })];
          const isEnded = ({ finishedAt }: DeliveryRow) => finishedAt !== undefined && finishedAt <= endedBy;
          if (!deliveries.every(isEnded)) continue;
          const fitting = deliveries.slice(0, limit - removed.deliveries);
          for (const delivery of fitting) removed.attempts += removeDelivery(tables, delivery);
          removed.deliveries += fitting.length;
          if (fitting.length < deliveries.length) return { ...removed, cursor, isOver: false };
          tables.messages.delete(scopeKey(tenantId, id));
          removed.messages += 1;
        }
        return { ...removed, cursor: old.at(-1)?.id ?? cursor, isOver: old.length < limit };
      }),

    pruneEndpoints: ({ retentionMs, limit, now = clock.now() }) =>
      session.write("retention.pruneEndpoints", (tables) => {
        const deletedBy = instantKey(now.getTime() - retentionMs + 1);
        const unused = function* () {
          for (const row of tables.deletedEndpoints.ascend("byInstant", {})) {
            if (instantKey(row.deletedAt) >= deletedBy) return;
            const prefix = scopeKey(row.tenantId, row.id);
            if (take(tables.deliveries.ascend("byEndpoint", { prefix }), 1).length === 0) yield row;
          }
        };
        const removed = take(unused(), limit);
        for (const { tenantId, id } of removed) removeEndpoint(tables, tenantId, id);
        return removed.length;
      }),

    pruneUsage: ({ retentionMs, limit, now = clock.now() }) =>
      session.write("retention.pruneUsage", ({ keyUsage }) => {
        const before = now.getTime() - retentionMs;
        const old = take(keyUsage.ascend("byHour", {}), limit).filter(({ hourMs }) => hourMs < before);
        for (const { tenantId, keyId, hourMs, outcome } of old)
          keyUsage.delete(scopeKey(tenantId, keyId, String(hourMs), outcome));
        return old.length;
      }),
  };
}

/** Removes a delivery with its attempts, and returns how many those were. */
export function removeDelivery(
  { deliveries, attempts }: Tables,
  { tenantId, id }: Pick<DeliveryRow, "tenantId" | "id">,
): number {
  const made = [...attempts.ascend("byDelivery", { prefix: scopeKey(tenantId, id) })];
  for (const attempt of made) attempts.delete(scopeKey(tenantId, attempt.id));
  deliveries.delete(scopeKey(tenantId, id));
  return made.length;
}

/** Removes all that is kept of an endpoint but its deliveries. */
export function removeEndpoint(tables: Tables, tenantId: string, endpointId: string): void {
  const key = scopeKey(tenantId, endpointId);
  for (const { id } of [...tables.endpointSecrets.ascend("byEndpoint", { prefix: key })])
    tables.endpointSecrets.delete(scopeKey(tenantId, endpointId, id));
  tables.endpointStates.delete(key);
  tables.endpoints.delete(key);
  tables.deletedEndpoints.delete(key);
}
