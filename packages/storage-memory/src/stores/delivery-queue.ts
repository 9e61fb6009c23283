import type { ClaimRequest, DeliveryQueue, Settlement } from "@tenon/core/ports";
import type { Session } from "../session.js";
import { aboveAll, instantKey, scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { QueueRow, Tables } from "../tables.js";
import { createClaimedDelivery } from "./claimed-delivery.js";
import { applySettlement } from "./settle.js";
import type { StoreContext } from "./store-context.js";

export function createDeliveryQueue(session: Session, { clock }: StoreContext): DeliveryQueue {
  return {
    promote: ({ limit, now = clock.now() }) =>
      session.write("queue.promote", ({ queue }) => {
        const upToNow = (row: QueueRow) => (row.lease?.expiresAt ?? row.dueAt) <= now;
        const due = take(queue.ascend("waiting", {}), limit).filter(upToNow);
        const expired = take(queue.ascend("leased", {}), limit).filter(upToNow);
        for (const row of [...due, ...expired]) queue.put({ ...row, ready: true, lease: undefined });
        const [next] = take(queue.ascend("waiting", {}), 1);
        return { promotedCount: due.length + expired.length, nextDueAt: next?.dueAt };
      }),

    claim: ({ now = clock.now(), ...request }) =>
      session.write("queue.claim", (tables) => claim(tables, request, now)),

    settle: ({ settlements, now = clock.now() }) =>
      session.write("queue.settle", (tables) =>
        settlements.map((settlement: Settlement) => applySettlement(tables, settlement, now)),
      ),
  };
}

/** Visits the endpoints that have ready deliveries, in order from the cursor, until the slots are taken. */
function claim(tables: Tables, request: Omit<ClaimRequest, "now">, now: Date) {
  const deliveries = [];
  let cursor = request.cursor;
  while (deliveries.length < request.slots) {
    const from = cursor === undefined ? "" : aboveAll(cursor);
    const [head] = take(tables.queue.ascend("ready", { from }), 1);
    if (head === undefined) return { deliveries, cursor: undefined };
    cursor = scopeKey(head.tenantId, head.endpointId);
    const endpoint = tables.endpoints.get(cursor);
    if (endpoint === undefined || endpoint.disabledAt !== undefined) continue;
    const room = Math.min(
      request.slots - deliveries.length,
      request.slotsPerEndpoint - countLiveLeases(tables, cursor, now),
    );
    for (const row of take(tables.queue.ascend("ready", { prefix: cursor }), room)) {
      const lease = {
        token: globalThis.crypto.randomUUID(),
        expiresAt: new Date(now.getTime() + request.leaseMs),
      };
      tables.queue.put({ ...row, ready: false, lease });
      deliveries.push(createClaimedDelivery(tables, { row, endpoint, leaseToken: lease.token }));
    }
  }
  return { deliveries, cursor };
}

/** Counted, never kept as a number: a process that dies can't leak a slot. */
function countLiveLeases({ queue }: Tables, endpointKey: string, now: Date): number {
  const from = aboveAll(endpointKey + instantKey(now));
  return [...queue.ascend("leasedByEndpoint", { prefix: endpointKey, from })].length;
}
