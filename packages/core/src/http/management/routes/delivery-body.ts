import { z } from "zod";
import type { AttemptRecord, DeliveryRecord } from "../../../ports/delivery-store.js";
import { schemaNames } from "../schema-names.js";
import { instant, showInstant } from "./fields.js";

const failureReason = z.string().nullable();

/** One request made for a delivery. */
export const attemptBody = z
  .object({
    id: z.string(),
    attemptNumber: z.int(),
    startedAt: instant,
    durationMs: z.number(),
    succeeded: z.boolean(),
    failureReason,
    error: z.string().nullable(),
    responseStatus: z.int().nullable(),
    responseHeaders: z.record(z.string(), z.string()).nullable(),
    responseBody: z.string().nullable(),
  })
  .register(schemaNames, { name: "Attempt" });
export type AttemptBody = z.output<typeof attemptBody>;

export function showAttempt(attempt: AttemptRecord): AttemptBody {
  return {
    id: attempt.id,
    attemptNumber: attempt.attemptNumber,
    startedAt: attempt.startedAt.toISOString(),
    durationMs: attempt.durationMs,
    succeeded: attempt.succeeded,
    failureReason: attempt.failureReason ?? null,
    error: attempt.error ?? null,
    responseStatus: attempt.responseStatus ?? null,
    responseHeaders: attempt.responseHeaders ?? null,
    responseBody: attempt.responseBody ?? null,
  };
}

/** A delivery in replies. */
export const deliveryBody = z
  .object({
    id: z.string(),
    messageId: z.string(),
    endpointId: z.string(),
    state: z.enum(["pending", "delivering", "retrying", "held", "succeeded", "exhausted", "cancelled"]),
    attemptCount: z.int(),
    createdAt: instant,
    nextAttemptAt: instant.nullable(),
    finishedAt: instant.nullable(),
    failureReason,
  })
  .register(schemaNames, { name: "Delivery" });
export type DeliveryBody = z.output<typeof deliveryBody>;

/** A delivery, with the requests made for it where they were asked for. */
export const deliveryWithAttemptsBody = deliveryBody
  .extend({ attempts: z.array(attemptBody).optional() })
  .register(schemaNames, { name: "DeliveryWithAttempts" });

export function showDelivery(delivery: DeliveryRecord): DeliveryBody {
  return {
    id: delivery.id,
    messageId: delivery.messageId,
    endpointId: delivery.endpointId,
    state: delivery.state,
    attemptCount: delivery.attemptCount,
    createdAt: delivery.createdAt.toISOString(),
    nextAttemptAt: showInstant(delivery.nextAttemptAt),
    finishedAt: showInstant(delivery.finishedAt),
    failureReason: delivery.failureReason ?? null,
  };
}
