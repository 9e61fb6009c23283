import type {
  EndpointRecord,
  MessageRecord,
  ReplayPage,
  ReplayRequest,
  ReplayStore,
} from "@tenon/core/ports";
import { matchesChannels, matchesEventType } from "@tenon/core/webhooks";
import type { Session } from "../session.js";
import { aboveAll, scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { DeliveryRow, Tables } from "../tables.js";
import { cancel, isOrphan } from "./cancel.js";
import { insertDelivery } from "./insert-delivery.js";
import { isLive } from "./lease.js";
import type { StoreContext } from "./store-context.js";

export function createReplayStore(session: Session, context: StoreContext): ReplayStore {
  const { clock } = context;
  return {
    retry: ({ tenantId, deliveryId, now = clock.now() }) =>
      session.write("replays.retry", (tables) => {
        const delivery = tables.deliveries.get(scopeKey(tenantId, deliveryId));
        if (delivery === undefined) return false;
        return makeDueNow(tables, delivery, now) || revive(tables, delivery, now);
      }),

    discard: ({ tenantId, deliveryId, now = clock.now() }) =>
      session.write("replays.discard", (tables) => {
        const key = scopeKey(tenantId, deliveryId);
        const delivery = tables.deliveries.get(key);
        const queued = tables.queue.get(key);
        if (queued !== undefined && !isLive(queued.lease, now)) cancel(tables, queued, now);
        else if (delivery?.state === "exhausted") {
          tables.deliveries.put({
            ...delivery,
            state: "cancelled",
            finishedAt: now,
            failureReason: undefined,
          });
        } else return false;
        return true;
      }),

    resend: ({ tenantId, messageId, endpointId, now = clock.now() }) =>
      session.write("replays.resend", (tables) => {
        const message = tables.messages.get(scopeKey(tenantId, messageId));
        if (message === undefined || tables.endpoints.get(scopeKey(tenantId, endpointId)) === undefined)
          return undefined;
        const pending = deliveriesOf(tables, message, endpointId).find(({ state }) => state === undefined);
        if (pending !== undefined) return pending.id;
        const dueNow = { ...message, deliverAt: undefined };
        return insertDelivery(tables, { message: dueNow, endpointId, createdAt: now }, context);
      }),

    recover: ({ now = clock.now(), ...request }) =>
      session.write("replays.recover", (tables) => {
        const { tenantId, endpointId, since, limit } = request;
        const prefix = scopeKey(tenantId, endpointId);
        const exhausted = function* () {
          for (const row of tables.deliveries.ascend("byEndpoint", fromCursor(prefix, request)))
            if (row.state === "exhausted") yield row;
        };
        const looked = take(exhausted(), limit);
        const recent = looked.filter(({ finishedAt }) => finishedAt !== undefined && finishedAt >= since);
        const revived = recent.filter((row) => revive(tables, row, now));
        return toPage(looked, limit, revived.length);
      }),

    replay: ({ now = clock.now(), ...request }) =>
      session.write("replays.replay", (tables) => {
        const { tenantId, endpointId, since, limit } = request;
        const endpoint = tables.endpoints.get(scopeKey(tenantId, endpointId));
        if (endpoint === undefined) return { count: 0, cursor: undefined };
        const recent = function* () {
          for (const row of tables.messages.ascend("byTenant", fromCursor(scopeKey(tenantId), request)))
            if (row.createdAt >= since) yield row;
        };
        const looked = take(recent(), limit);
        const missing = looked.filter((message) => isMissing(tables, message, endpoint));
        for (const message of missing)
          insertDelivery(tables, { message, endpointId, createdAt: now }, context);
        return toPage(looked, limit, missing.length);
      }),
  };
}

function makeDueNow(tables: Tables, { tenantId, id, endpointId }: DeliveryRow, now: Date): boolean {
  const queued = tables.queue.get(scopeKey(tenantId, id));
  if (queued === undefined || isLive(queued.lease, now) || isOrphan(tables, queued)) return false;
  tables.queue.put({ ...queued, ready: true, dueAt: now, lease: undefined });
  const state = tables.endpointStates.get(scopeKey(tenantId, endpointId));
  // Others wait for a head until it is due, and now it is.
  if (state?.pauseReason === "fifo" && state.pausedUntil?.getTime() === queued.dueAt.getTime()) {
    tables.endpointStates.put({ ...state, pausedUntil: undefined, pauseReason: undefined });
  }
  return true;
}

/** Puts a delivery that came to nothing back into the queue. */
function revive(tables: Tables, delivery: DeliveryRow, now: Date): boolean {
  const { tenantId, id: deliveryId, messageId, endpointId, state, attemptCount } = delivery;
  const isDead = state === "exhausted" || state === "cancelled";
  if (!isDead || tables.endpoints.get(scopeKey(tenantId, endpointId)) === undefined) return false;
  tables.deliveries.put({ ...delivery, state: undefined, finishedAt: undefined, failureReason: undefined });
  tables.queue.put({
    tenantId,
    deliveryId,
    messageId,
    endpointId,
    attemptCount,
    attemptsBefore: attemptCount,
    ready: true,
    dueAt: now,
    lease: undefined,
  });
  return true;
}

type Matcher = Pick<EndpointRecord, "id" | "eventTypes" | "channels">;

function isMissing(tables: Tables, message: MessageRecord, endpoint: Matcher): boolean {
  return (
    (message.endpointId === undefined || message.endpointId === endpoint.id) &&
    matchesEventType(endpoint.eventTypes, message.type) &&
    matchesChannels(endpoint.channels, message.channels) &&
    deliveriesOf(tables, message, endpoint.id).length === 0
  );
}

function deliveriesOf(tables: Tables, { tenantId, id }: MessageRecord, endpointId: string): DeliveryRow[] {
  const all = [...tables.deliveries.ascend("byMessage", { prefix: scopeKey(tenantId, id) })];
  return all.filter((row) => row.endpointId === endpointId);
}

function fromCursor(prefix: string, { cursor }: Pick<ReplayRequest, "cursor">) {
  return cursor === undefined ? { prefix } : { prefix, from: aboveAll(prefix + cursor) };
}

function toPage(looked: readonly { readonly id: string }[], limit: number, count: number): ReplayPage {
  return { count, cursor: looked.length < limit ? undefined : looked.at(-1)?.id };
}
