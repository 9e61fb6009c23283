import type { DeliveryRecord, DeliveryStore } from "@tenon/core/ports";
import { deriveDeliveryState } from "@tenon/core/webhooks";
import type { Session } from "../session.js";
import { scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { DeliveryRow, Tables } from "../tables.js";
import { isLive } from "./lease.js";
import type { StoreContext } from "./store-context.js";

export function createDeliveryStore(session: Session, { clock }: StoreContext): DeliveryStore {
  return {
    find: ({ tenantId, deliveryId, now = clock.now() }) =>
      session.read("deliveries.find", (tables) => {
        const row = tables.deliveries.get(scopeKey(tenantId, deliveryId));
        return row === undefined ? undefined : toRecord(tables, row, now);
      }),

    list: ({ now = clock.now(), ...request }) =>
      session.read("deliveries.list", (tables) => take(newestFirst(tables, request, now), request.limit)),

    count: ({ limit, now = clock.now(), ...request }) =>
      session.read("deliveries.count", (tables) => take(newestFirst(tables, request, now), limit).length),

    listAttempts: ({ tenantId, deliveryId, limit }) =>
      session.read("deliveries.listAttempts", (tables) =>
        take(tables.attempts.descend("byDelivery", { prefix: scopeKey(tenantId, deliveryId) }), limit)
          .map(({ isLast: _, ...attempt }) => attempt)
          .reverse(),
      ),
  };
}

type Filters = Omit<Parameters<DeliveryStore["list"]>[0], "limit" | "now">;

function* newestFirst(
  tables: Tables,
  { tenantId, cursor, endpointId, messageId, state }: Filters,
  now: Date,
): Generator<DeliveryRecord> {
  // A message has few deliveries, an endpoint may have many: the narrower index goes first.
  const [index, prefix] =
    messageId !== undefined
      ? (["byMessage", scopeKey(tenantId, messageId)] as const)
      : endpointId !== undefined
        ? (["byEndpoint", scopeKey(tenantId, endpointId)] as const)
        : (["byTenant", scopeKey(tenantId)] as const);
  const below = cursor === undefined ? undefined : prefix + cursor;
  for (const row of tables.deliveries.descend(index, { prefix, below })) {
    if (endpointId !== undefined && row.endpointId !== endpointId) continue;
    const record = toRecord(tables, row, now);
    if (state === undefined || record.state === state) yield record;
  }
}

function toRecord(tables: Tables, row: DeliveryRow, now: Date): DeliveryRecord {
  const queued = tables.queue.get(scopeKey(row.tenantId, row.id));
  const attemptCount = queued?.attemptCount ?? row.attemptCount;
  const endpointKey = scopeKey(row.tenantId, row.endpointId);
  const deletedAt = tables.deletedEndpoints.get(endpointKey)?.deletedAt;
  const state = deriveDeliveryState({
    finalState: row.state,
    leaseIsLive: isLive(queued?.lease, now),
    endpointIsDisabled: tables.endpoints.get(endpointKey)?.disabledAt !== undefined,
    endpointIsDeleted: deletedAt !== undefined,
    attemptCount,
  });
  return {
    ...row,
    state,
    attemptCount,
    nextAttemptAt: state === "cancelled" ? undefined : queued?.dueAt,
    finishedAt: row.finishedAt ?? (state === "cancelled" ? deletedAt : undefined),
  };
}
