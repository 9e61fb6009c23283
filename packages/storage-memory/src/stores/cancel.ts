import { scopeKey } from "../table/composite-key.js";
import type { QueueRow, Tables } from "../tables.js";

/** Whether a delivery's endpoint was deleted. */
export function isOrphan({ deletedEndpoints }: Tables, { tenantId, endpointId }: QueueRow): boolean {
  return deletedEndpoints.get(scopeKey(tenantId, endpointId)) !== undefined;
}

/** Takes a delivery out of the queue for good. */
export function cancel(
  tables: Tables,
  { tenantId, deliveryId, endpointId, attemptCount, dueAt }: QueueRow,
  now: Date,
): void {
  const key = scopeKey(tenantId, deliveryId);
  const delivery = tables.deliveries.get(key);
  tables.queue.delete(key);
  const state = tables.endpointStates.get(scopeKey(tenantId, endpointId));
  // Nobody waits for a head that is no more.
  if (state?.pauseReason === "fifo" && state.pausedUntil?.getTime() === dueAt.getTime()) {
    tables.endpointStates.put({ ...state, pausedUntil: undefined, pauseReason: undefined });
  }
  if (delivery !== undefined) {
    tables.deliveries.put({ ...delivery, state: "cancelled", attemptCount, finishedAt: now });
  }
}
