import type { EndpointRecord } from "@tenon/core/ports";
import { type FailureReason, SLOW_AFTER_FAILURES } from "@tenon/core/webhooks";
import { scopeKey } from "../table/composite-key.js";
import type { EndpointRow, EndpointStateRow, QueueRow, Tables } from "../tables.js";

const LAST_DELIVERY_PRECISION_MS = 60_000;

/** Shows an endpoint together with what its deliveries came to. */
export function withHealth(tables: Tables, endpoint: EndpointRow): EndpointRecord {
  const state = tables.endpointStates.get(scopeKey(endpoint.tenantId, endpoint.id));
  return Object.freeze({
    ...endpoint,
    failingSince: state?.failingSince,
    pausedUntil: state?.pausedUntil,
    slowSince: state?.slowSince,
    lastDeliveryAt: state?.lastDeliveryAt,
  });
}

/** Notes what an attempt tells of its endpoint. */
export function recordHealth(
  { endpointStates }: Tables,
  { tenantId, endpointId }: QueueRow,
  {
    succeeded,
    failureReason,
    now,
  }: { readonly succeeded: boolean; readonly failureReason: FailureReason | undefined; readonly now: Date },
): void {
  const before = endpointStates.get(scopeKey(tenantId, endpointId)) ?? { tenantId, endpointId };
  if (!succeeded) {
    const consecutiveFailures = (before.consecutiveFailures ?? 0) + 1;
    const isSlow = failureReason === "timeout" || consecutiveFailures >= SLOW_AFTER_FAILURES;
    endpointStates.put({
      ...before,
      failingSince: before.failingSince ?? now,
      consecutiveFailures,
      slowSince: isSlow ? (before.slowSince ?? now) : before.slowSince,
      lastDeliveryAt: now,
    });
  } else if (before.failingSince !== undefined || before.slowSince !== undefined || isStale(before, now)) {
    endpointStates.put({ ...withoutTrouble(before), lastDeliveryAt: now });
  }
}

/** An enabled endpoint begins without what was held against it. A fifo head still keeps the others waiting. */
export function startAfresh({ endpointStates }: Tables, { tenantId, id }: EndpointRow): void {
  const state = endpointStates.get(scopeKey(tenantId, id));
  if (state === undefined) return;
  const isPaused = state.pauseReason === "receiver";
  endpointStates.put({
    ...withoutTrouble(state),
    ...(isPaused ? { pausedUntil: undefined, pauseReason: undefined } : {}),
  });
}

function withoutTrouble(state: EndpointStateRow): EndpointStateRow {
  return {
    ...state,
    failingSince: undefined,
    consecutiveFailures: 0,
    slowSince: undefined,
    warnedAt: undefined,
  };
}

function isStale({ lastDeliveryAt }: EndpointStateRow, now: Date): boolean {
  return (
    lastDeliveryAt === undefined || now.getTime() - lastDeliveryAt.getTime() >= LAST_DELIVERY_PRECISION_MS
  );
}
