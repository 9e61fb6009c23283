import { createPublicId } from "@tenon/core/encoding";
import type { MessageRecord } from "@tenon/core/ports";
import type { Tables } from "../tables.js";
import type { StoreContext } from "./store-context.js";

/** Adds a delivery of a message, due when the message is or at once, and returns its id. */
export function insertDelivery(
  tables: Tables,
  {
    message,
    endpointId,
    createdAt,
  }: { readonly message: MessageRecord; readonly endpointId: string; readonly createdAt: Date },
  { clock, random }: StoreContext,
): string {
  const { tenantId, id: messageId, deliverAt } = message;
  // The id carries the message's own instant, so that ids sort by time when `now` is given.
  const id = createPublicId("dlv", { clock: { now: () => message.createdAt, wait: clock.wait }, random });
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
