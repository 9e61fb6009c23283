import { z } from "zod";
import { id, instant, metadata, pageRequest, tenantId, text } from "../input/fields.js";

const DAY_SECONDS = 86_400;

/** An event type: dot-separated words, case as given. */
export const eventType = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, "must be dot-separated words of letters, digits, '_' or '-'");

const eventTypeFilter = z
  .string()
  .max(128)
  .regex(
    /^(\*|[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?)$/,
    "must be an event type, `*`, or a prefix such as `post.*`",
  );

const channel = text(1, 128);

const delaySeconds = z
  .number()
  .min(0)
  .max(30 * DAY_SECONDS);
const jitter = z.number().min(0).max(1).optional();

export const retrySchedule = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("list"),
    delaysSeconds: z
      .array(delaySeconds)
      .min(1)
      .max(50)
      .refine(([first]) => first === 0, { message: "must start with 0: the first attempt is made at once" }),
    jitter,
  }),
  z.strictObject({
    kind: z.literal("exponential"),
    baseSeconds: delaySeconds,
    factor: z.number().min(1).max(100),
    maxSeconds: delaySeconds,
    attempts: z.int().min(1).max(50),
    jitter,
  }),
]);

export const createEndpointInput = z.strictObject({
  tenantId,
  url: z.string().max(2048),
  eventTypes: z.array(eventTypeFilter).min(1, "must name at least one event type, or `*`").max(100),
  channels: z.array(channel).max(100).default([]),
  description: text(1, 500).optional(),
  metadata: metadata.default({}),
  whileDisabled: z.enum(["hold", "skip"]).default("hold"),
  retrySchedule: retrySchedule.optional(),
});
export type CreateEndpointInput = z.input<typeof createEndpointInput>;

export const endpointReference = z.strictObject({ tenantId, endpointId: id });
export type EndpointReference = z.input<typeof endpointReference>;

export const listEndpointsInput = z.strictObject({ tenantId, ...pageRequest });
export type ListEndpointsInput = z.input<typeof listEndpointsInput>;

export const publishInput = z.strictObject({
  tenantId,
  type: eventType,
  data: z.unknown(),
  channels: z.array(channel).max(100).default([]),
  endpointId: id.optional(),
  idempotencyKey: text(1, 255).optional(),
  deliverAt: instant.optional(),
});
export type PublishInput = z.input<typeof publishInput>;

export const messageReference = z.strictObject({ tenantId, messageId: id });
export type MessageReference = z.input<typeof messageReference>;

export const listMessagesInput = z.strictObject({ tenantId, ...pageRequest });
export type ListMessagesInput = z.input<typeof listMessagesInput>;

export const deliveryReference = z.strictObject({ tenantId, deliveryId: id });
export type DeliveryReference = z.input<typeof deliveryReference>;

export const listDeliveriesInput = z.strictObject({
  tenantId,
  ...pageRequest,
  endpointId: id.optional(),
  messageId: id.optional(),
});
export type ListDeliveriesInput = z.input<typeof listDeliveriesInput>;

export const runnerOptions = z.strictObject({
  slots: z.int().min(1).max(1_000).optional(),
  timeoutMs: z.int().min(100).max(120_000).optional(),
  pollIntervalMs: z.int().min(10).max(60_000).optional(),
});
export type RunnerOptions = z.input<typeof runnerOptions>;
