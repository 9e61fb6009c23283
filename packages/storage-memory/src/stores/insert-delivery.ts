import { createPublicId, publicIdToUuid, uuidToPublicId } from "@tenon/core/encoding";
import type { MessageRecord } from "@tenon/core/ports";
import type { Tables } from "../tables.js";
import type { StoreContext } from "./store-context.js";

/** As many deliveries as one publish counts in the last bits of their ids. */
const MOST_COUNTED = 2 ** 20;

/**
 * Adds a delivery of a message, due when the message is or at once, and returns its id. Those that come with the
 * message are counted (`place`) in the last 20 bits of its id, so that they sort as their messages do.
 */
export function insertDelivery(
  tables: Tables,
  {
    message,
    endpointId,
    createdAt,
    place,
  }: {
    readonly message: MessageRecord;
    readonly endpointId: string;
    readonly createdAt: Date;
    readonly place?: number;
  },
  { clock, random }: StoreContext,
): string {
  const { tenantId, id: messageId, deliverAt } = message;
  const id =
    idAt(messageId, place) ??
    // It carries the message's own instant, so that ids sort by time when `now` is given.
    createPublicId("dlv", { clock: { now: () => message.createdAt, wait: clock.wait }, random });
  const dueAt = deliverAt !== undefined && deliverAt > createdAt ? deliverAt : createdAt;
  tables.deliveries.put({
    tenantId,
    id,
    messageId,
    endpointId,
    state: undefined,
    attemptCount: 0,
    createdAt,
    finishedAt: undefined,
    failureReason: undefined,
  });
  tables.queue.put({
    tenantId,
    deliveryId: id,
    messageId,
    endpointId,
    attemptCount: 0,
    attemptsBefore: 0,
    ready: dueAt <= createdAt,
    dueAt,
    lease: undefined,
  });
  return id;
}

function idAt(messageId: string, place: number | undefined): string | undefined {
  const uuid = publicIdToUuid("msg", messageId);
  if (uuid === undefined || place === undefined || place >= MOST_COUNTED) return undefined;
  return uuidToPublicId("dlv", uuid.slice(0, -5) + place.toString(16).padStart(5, "0"));
}
