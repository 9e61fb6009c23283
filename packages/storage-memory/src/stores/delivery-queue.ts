import type { ClaimedDelivery, ClaimRequest, DeliveryQueue, Settlement } from "@tenon/core/ports";
import type { Session } from "../session.js";
import { aboveAll, instantKey, scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { EndpointRow, EndpointStateRow, QueueRow, Tables } from "../tables.js";
import { cancel, isOrphan } from "./cancel.js";
import { createClaimedDelivery } from "./claimed-delivery.js";
import { countAgainstRate, rateRoomAt } from "./endpoint-rate.js";
import { isLive } from "./lease.js";
import { mayBeServed } from "./may-be-served.js";
import { findOldestDue } from "./oldest-due.js";
import { applySettlement } from "./settle.js";
import type { StoreContext } from "./store-context.js";

/** What a deleted endpoint left behind is cancelled in steps of at most this many. */
const CANCEL_BATCH = 1_000;

export function createDeliveryQueue(session: Session, { clock }: StoreContext): DeliveryQueue {
  return {
    promote: ({ limit, now = clock.now() }) =>
      session.write("queue.promote", (tables) => {
        const { queue } = tables;
        const upToNow = (row: QueueRow) => (row.lease?.expiresAt ?? row.dueAt) <= now;
        const due = take(queue.ascend("waiting", {}), limit).filter(upToNow);
        const expired = take(queue.ascend("leased", {}), limit).filter(upToNow);
        const orphans = [...due, ...expired].filter((row) => isOrphan(tables, row));
        for (const row of orphans) cancel(tables, row, now);
        const promoted = [...due, ...expired].filter((row) => !orphans.includes(row));
        for (const row of promoted) queue.put({ ...row, ready: true, lease: undefined });
        const [next] = take(queue.ascend("waiting", {}), 1);
        return { promotedCount: promoted.length, nextDueAt: next?.dueAt };
      }),

    claim: ({ now = clock.now(), ...request }) =>
      session.write("queue.claim", (tables) => claim(tables, request, now)),

    claimOne: ({ now = clock.now(), ...request }) =>
      session.write("queue.claimOne", (tables) => claimOne(tables, request, now)),

    oldestDue: ({ now = clock.now() }) =>
      session.read("queue.oldestDue", (tables) => findOldestDue(tables, now)),

    cancel: ({ tenantId, endpointId, limit, now = clock.now() }) =>
      session.write("queue.cancel", (tables) => {
        const prefix = scopeKey(tenantId, endpointId);
        const ready = take(tables.queue.ascend("ready", { prefix }), limit);
        const waiting = take(tables.queue.ascend("waitingByEndpoint", { prefix }), limit - ready.length);
        for (const row of [...ready, ...waiting]) cancel(tables, row, now);
        return ready.length + waiting.length;
      }),

    settle: ({ settlements, now = clock.now() }) =>
      session.write("queue.settle", (tables) =>
        settlements.map((settlement: Settlement) =>
          applySettlement(tables, settlement, now) ? "applied" : "lost",
        ),
      ),
  };
}

/** Visits the endpoints that have ready deliveries, in order from the cursor, until the slots are taken. */
function claim(tables: Tables, request: Omit<ClaimRequest, "now">, now: Date) {
  const deliveries = [];
  const slowTurns = findSlowTurns(tables, request.slotsForSlow, now);
  let cursor = request.cursor;
  while (deliveries.length < request.slots) {
    const from = cursor === undefined ? "" : aboveAll(cursor);
    const [head] = take(tables.queue.ascend("ready", { from }), 1);
    if (head === undefined) return { deliveries, cursor: undefined };
    cursor = scopeKey(head.tenantId, head.endpointId);
    const endpoint = tables.endpoints.get(cursor);
    if (endpoint === undefined) {
      for (const row of take(tables.queue.ascend("ready", { prefix: cursor }), CANCEL_BATCH))
        cancel(tables, row, now);
      continue;
    }
    if (!mayBeServed(tables, endpoint, now)) continue;
    const isSlow = tables.endpointStates.get(cursor)?.slowSince !== undefined;
    if (isSlow && !slowTurns.has(cursor)) continue;
    const room = Math.min(
      request.slots - deliveries.length,
      rateRoomAt(tables, endpoint, now),
      (isSlow ? 1 : roomAt(endpoint, request)) - countLeases(tables, endpoint, now),
    );
    const taken = take(tables.queue.ascend("ready", { prefix: cursor }), room);
    for (const row of taken) deliveries.push(lease(tables, { row, endpoint, request, now }));
    countAgainstRate(tables, endpoint, taken.length, now);
  }
  return { deliveries, cursor };
}

function claimOne(
  tables: Tables,
  { tenantId, deliveryId, ...request }: Omit<Parameters<DeliveryQueue["claimOne"]>[0], "now">,
  now: Date,
): ClaimedDelivery | undefined {
  const row = tables.queue.get(scopeKey(tenantId, deliveryId));
  if (row === undefined || isLive(row.lease, now)) return undefined;
  const endpoint = tables.endpoints.get(scopeKey(tenantId, row.endpointId));
  if (endpoint === undefined || endpoint.disabledAt !== undefined) return undefined;
  return lease(tables, { row, endpoint, request, now });
}

function lease(
  tables: Tables,
  {
    row,
    endpoint,
    request,
    now,
  }: {
    readonly row: QueueRow;
    readonly endpoint: EndpointRow;
    readonly request: Pick<ClaimRequest, "leaseMs" | "leaseMarginMs">;
    readonly now: Date;
  },
): ClaimedDelivery {
  const leaseMs = Math.max(request.leaseMs, (endpoint.timeoutMs ?? 0) + request.leaseMarginMs);
  const token = globalThis.crypto.randomUUID();
  const expiresAt = new Date(now.getTime() + leaseMs);
  tables.queue.put({ ...row, ready: false, lease: { token, expiresAt } });
  return createClaimedDelivery(tables, { row, endpoint, leaseToken: token, now });
}

function roomAt(
  { fifo, concurrency }: EndpointRow,
  { slotsPerEndpoint }: Pick<ClaimRequest, "slotsPerEndpoint">,
) {
  return fifo ? 1 : Math.min(slotsPerEndpoint, concurrency ?? slotsPerEndpoint);
}

/**
 * Counted, never kept as a number: a process that dies can't leak a slot. In order, a lease that ran out counts too:
 * its delivery is still the head.
 */
function countLeases({ queue }: Tables, { tenantId, id, fifo }: EndpointRow, now: Date): number {
  const prefix = scopeKey(tenantId, id);
  const from = fifo ? prefix : aboveAll(prefix + instantKey(now));
  return [...queue.ascend("leasedByEndpoint", { prefix, from })].length;
}

/** The slow endpoints that may be served now: as many as are free of the slots for them, longest untried first. */
function findSlowTurns(tables: Tables, slotsForSlow: number, now: Date): ReadonlySet<string> {
  const turns: string[] = [];
  let leases = 0;
  const keyOf = ({ tenantId, endpointId }: EndpointStateRow) => scopeKey(tenantId, endpointId);
  for (const key of [...tables.endpointStates.ascend("slow", {})].map(keyOf)) {
    const endpoint = tables.endpoints.get(key);
    if (endpoint === undefined) continue;
    const own = countLeases(tables, endpoint, now);
    leases += own;
    const [ready] = take(tables.queue.ascend("ready", { prefix: key }), 1);
    if (own === 0 && ready !== undefined && mayBeServed(tables, endpoint, now)) turns.push(key);
  }
  return new Set(turns.slice(0, Math.max(0, slotsForSlow - leases)));
}
