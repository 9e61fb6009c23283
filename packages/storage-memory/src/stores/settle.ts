import type { Settlement } from "@tenon/core/ports";
import { scopeKey } from "../table/composite-key.js";
import type { QueueRow, Tables } from "../tables.js";
import { snapshot } from "./snapshot.js";

/** Writes one outcome with its attempt; false, and nothing written, when the lease is no longer the delivery's own. */
export function applySettlement(tables: Tables, settlement: Settlement, now: Date): boolean {
  const { tenantId, deliveryId, leaseToken, outcome, attempt } = settlement;
  const row = tables.queue.get(scopeKey(tenantId, deliveryId));
  if (row?.lease?.token !== leaseToken) return false;
  if (outcome.kind === "released") {
    putBack(tables, row, { delayMs: outcome.delayMs, attemptCount: row.attemptCount, now });
    return true;
  }
  const attemptCount = row.attemptCount + 1;
  if (outcome.kind === "retry") putBack(tables, row, { delayMs: outcome.delayMs, attemptCount, now });
  else finish(tables, row, { outcome, attemptCount, now });
  if (attempt !== undefined) tables.attempts.put(snapshot(attempt));
  return true;
}

function putBack(
  { queue }: Tables,
  row: QueueRow,
  { delayMs, attemptCount, now }: { delayMs: number; attemptCount: number; now: Date },
): void {
  const dueAt = new Date(now.getTime() + delayMs);
  queue.put({ ...row, attemptCount, dueAt, ready: dueAt <= now, lease: undefined });
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
