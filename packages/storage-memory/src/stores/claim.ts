import type {
  ClaimedDelivery,
  ClaimOutcome,
  ClaimRequest,
  DeliveryQueue,
  MessageReference,
} from "@tenon/core/ports";
import { aboveAll, instantKey, scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { EndpointRow, EndpointStateRow, QueueRow, Tables } from "../tables.js";
import { cancel } from "./cancel.js";
import { createClaimedDelivery } from "./claimed-delivery.js";
import { countAgainstRate, rateRoomAt } from "./endpoint-rate.js";
import { isLive } from "./lease.js";
import { mayBeServed } from "./may-be-served.js";

/** What a deleted endpoint left behind is cancelled in steps of at most this many. */
const CANCEL_BATCH = 1_000;

/** Serves endpoints, in turn from the cursor or those that the messages are for, until the slots are taken. */
export function claim(tables: Tables, request: Omit<ClaimRequest, "now">, now: Date): ClaimOutcome {
  const { slots, messages } = request;
  const deliveries: ClaimedDelivery[] = [];
  const slowTurns = findSlowTurns(tables, request.slotsForSlow, now);
  let cursor = request.cursor;
  let mayHaveMore = false;
  const keys = messages === undefined ? readyEndpoints(tables, cursor) : endpointsOf(tables, messages);
  for (const key of keys) {
    if (deliveries.length >= slots) {
      return { deliveries, cursor: messages === undefined ? cursor : undefined, mayHaveMore: true };
    }
    cursor = key;
    const endpoint = tables.endpoints.get(key);
    if (endpoint === undefined) {
      for (const row of take(tables.queue.ascend("ready", { prefix: key }), CANCEL_BATCH))
        cancel(tables, row, now);
      continue;
    }
    if (!mayBeServed(tables, endpoint, now)) continue;
    const isSlow = tables.endpointStates.get(key)?.slowSince !== undefined;
    const room = Math.min(
      slots - deliveries.length,
      rateRoomAt(tables, endpoint, now),
      (isSlow ? Number(slowTurns.has(key)) : roomAt(endpoint, request)) - countLeases(tables, endpoint, now),
    );
    const taken = take(tables.queue.ascend("ready", { prefix: key }), room);
    for (const row of taken) deliveries.push(lease(tables, { row, endpoint, request, now }));
    countAgainstRate(tables, endpoint, taken.length, now);
    if (take(tables.queue.ascend("ready", { prefix: key }), 1).length > 0) mayHaveMore = true;
  }
  return { deliveries, cursor: undefined, mayHaveMore };
}

/** The endpoints that have ready deliveries, in order from the cursor. What is read may be written to meanwhile. */
function* readyEndpoints({ queue }: Tables, after: string | undefined): Iterable<string> {
  let from = after === undefined ? "" : aboveAll(after);
  for (;;) {
    const [head] = take(queue.ascend("ready", { from }), 1);
    if (head === undefined) return;
    const key = scopeKey(head.tenantId, head.endpointId);
    yield key;
    from = aboveAll(key);
  }
}

/** The endpoints at which one of the messages is ready. */
function endpointsOf(
  { deliveries, queue }: Tables,
  messages: readonly MessageReference[],
): ReadonlySet<string> {
  return new Set(
    messages
      .flatMap(({ tenantId, messageId }) => [
        ...deliveries.ascend("byMessage", { prefix: scopeKey(tenantId, messageId) }),
      ])
      .filter(({ tenantId, id }) => queue.get(scopeKey(tenantId, id))?.ready === true)
      .map(({ tenantId, endpointId }) => scopeKey(tenantId, endpointId)),
  );
}

export function claimOne(
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
