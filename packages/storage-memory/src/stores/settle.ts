import type { Settlement } from "@tenon/core/ports";
import { scopeKey } from "../table/composite-key.js";
import type { QueueRow, Tables } from "../tables.js";
import { cancel, isOrphan } from "./cancel.js";
import { recordHealth } from "./endpoint-health.js";
import { snapshot } from "./snapshot.js";

/** Writes one outcome with its attempt; false, and nothing written, when the lease is no longer the delivery's own. */
export function applySettlement(tables: Tables, settlement: Settlement, now: Date): boolean {
  const { tenantId, deliveryId, leaseToken, outcome, attempt } = settlement;
  const row = tables.queue.get(scopeKey(tenantId, deliveryId));
  if (row?.lease?.token !== leaseToken) return false;
  if (outcome.kind === "released") {
    if (isOrphan(tables, row)) cancel(tables, row, now);
    else putBack(tables, row, { delayMs: outcome.delayMs, attemptCount: row.attemptCount, now });
    return true;
  }
  const attemptCount = row.attemptCount + 1;
  if (outcome.kind === "retry" && isOrphan(tables, row)) cancel(tables, { ...row, attemptCount }, now);
  else if (outcome.kind === "retry") putBack(tables, row, { delayMs: outcome.delayMs, attemptCount, now });
  else finish(tables, row, { outcome, attemptCount, now });
  if ("pauseMs" in outcome) pause(tables, row, new Date(now.getTime() + outcome.pauseMs));
  recordHealth(tables, row, {
    succeeded: outcome.kind === "succeeded",
    failureReason: outcome.kind === "exhausted" ? outcome.failureReason : attempt?.failureReason,
    now,
  });
  const isLast = outcome.kind === "succeeded" || outcome.kind === "exhausted";
  if (attempt !== undefined) tables.attempts.put({ ...snapshot(attempt), isLast });
  return true;
}

function putBack(
  tables: Tables,
  row: QueueRow,
  { delayMs, attemptCount, now }: { delayMs: number; attemptCount: number; now: Date },
): void {
  const dueAt = new Date(now.getTime() + delayMs);
  const { tenantId, endpointId } = row;
  const isFifo = tables.endpoints.get(scopeKey(tenantId, endpointId))?.fifo === true;
  // The head of a fifo endpoint stays ready, ahead of the others, and the whole endpoint waits for it.
  tables.queue.put({ ...row, attemptCount, dueAt, ready: isFifo || dueAt <= now, lease: undefined });
  if (isFifo && dueAt > now) {
    const state = tables.endpointStates.get(scopeKey(tenantId, endpointId));
    tables.endpointStates.put({ ...state, tenantId, endpointId, pausedUntil: dueAt, pauseReason: "fifo" });
  }
}

/** Stops claims for an endpoint until then, unless they are stopped for longer already. */
function pause({ endpointStates }: Tables, { tenantId, endpointId }: QueueRow, until: Date): void {
  const state = endpointStates.get(scopeKey(tenantId, endpointId));
  if (state?.pausedUntil !== undefined && state.pausedUntil >= until) return;
  endpointStates.put({ ...state, tenantId, endpointId, pausedUntil: until, pauseReason: "receiver" });
}

function finish(
  tables: Tables,
  row: QueueRow,
  {
    outcome,
    attemptCount,
    now,
  }: {
    outcome: Extract<Settlement["outcome"], { readonly kind: "succeeded" | "exhausted" }>;
    attemptCount: number;
    now: Date;
  },
): void {
  const key = scopeKey(row.tenantId, row.deliveryId);
  const delivery = tables.deliveries.get(key);
  tables.queue.delete(key);
  if (delivery === undefined) return;
  tables.deliveries.put({
    ...delivery,
    state: outcome.kind,
    attemptCount,
    finishedAt: now,
    failureReason: outcome.kind === "exhausted" ? outcome.failureReason : undefined,
  });
}
