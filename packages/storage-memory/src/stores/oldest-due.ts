import type { OldestDue } from "@tenon/core/ports";
import { aboveAll, scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { QueueRow, Tables } from "../tables.js";
import { mayBeServed } from "./may-be-served.js";

/** What has waited longest of what could be delivered now. */
export function findOldestDue(tables: Tables, now: Date): OldestDue | undefined {
  let oldest: Date | undefined;
  for (const row of candidates(tables, now)) {
    const endpoint = tables.endpoints.get(scopeKey(row.tenantId, row.endpointId));
    if (endpoint === undefined || !mayBeServed(tables, endpoint, now)) continue;
    if (oldest === undefined || row.dueAt < oldest) oldest = row.dueAt;
  }
  if (oldest === undefined) return undefined;
  return { dueAt: oldest, ageMs: Math.max(0, now.getTime() - oldest.getTime()) };
}

function* candidates({ queue }: Tables, now: Date): Generator<QueueRow> {
  let from = "";
  for (;;) {
    const [head] = take(queue.ascend("ready", { from }), 1);
    if (head === undefined) break;
    yield head;
    from = aboveAll(scopeKey(head.tenantId, head.endpointId));
  }
  for (const row of queue.ascend("waiting", {})) {
    if (row.dueAt > now) break;
    yield row;
  }
  for (const row of queue.ascend("leased", {})) {
    if (row.lease !== undefined && row.lease.expiresAt > now) break;
    yield row;
  }
}
