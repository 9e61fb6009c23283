import { z } from "zod";
import { id, instant, metadata, pageRequest, tenantId, text } from "../input/fields.js";
import { isSecret, type Secret } from "../secret/secret.js";
import { DEFAULT_OVERLAP_SECONDS, DEFAULT_WITHIN_MS, MAX_BATCH_MESSAGES } from "./defaults.js";

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

const signingSecret = z.custom<Secret>(isSecret, "must be a Secret: createSecret(text)");

export const timeoutMs = z.int().min(100).max(120_000);

/** What events do to a disabled endpoint. */
export const whileDisabled = z.enum(["hold", "skip"]);

/** What an endpoint is made of, whether it is given at creation or changed later. */
const endpointFields = {
  url: z.string().max(2048),
  eventTypes: z.array(eventTypeFilter).min(1, "must name at least one event type, or `*`").max(100),
  channels: z.array(channel).max(100),
  name: text(1, 200),
  description: text(1, 500),
  metadata,
  headers: z.record(z.string(), z.string()),
  whileDisabled,
  retrySchedule,
  timeoutMs,
  concurrency: z.int().min(1).max(1_000),
  fifo: z.boolean(),
  rateLimit: z.strictObject({
    limit: z.int().min(1).max(1_000_000),
    windowSeconds: z.int().min(1).max(DAY_SECONDS),
  }),
  integrationId: text(1, 128),
};

export const createEndpointInput = z.strictObject({
  tenantId,
  ...endpointFields,
  channels: endpointFields.channels.default([]),
  name: endpointFields.name.optional(),
  description: endpointFields.description.optional(),
  metadata: endpointFields.metadata.default({}),
  headers: endpointFields.headers.default({}),
  whileDisabled: whileDisabled.optional(),
  retrySchedule: retrySchedule.optional(),
  timeoutMs: timeoutMs.optional(),
  concurrency: endpointFields.concurrency.optional(),
  fifo: endpointFields.fifo.default(false),
  /** At most so many attempts begin in a window, which opens with the first of them. */
  rateLimit: endpointFields.rateLimit.optional(),
  /** The integration it belongs to, by the host's own id. */
  integrationId: endpointFields.integrationId.optional(),
  /** What signs: a secret of its own, a key pair of its own, or the host's `webhooks.sharedSecret`. */
  signing: z.enum(["hmac", "ed25519", "shared"]).default("hmac"),
  secret: signingSecret.optional(),
});
export type CreateEndpointInput = z.input<typeof createEndpointInput>;

export const endpointReference = z.strictObject({ tenantId, endpointId: id });
export type EndpointReference = z.input<typeof endpointReference>;

export const enableEndpointInput = z.strictObject({
  tenantId,
  endpointId: id,
  /** What becomes of the deliveries that were held. */
  held: z.enum(["deliver", "cancel"]).default("deliver"),
});
export type EnableEndpointInput = z.input<typeof enableEndpointInput>;

/** A field left out stays as it is; null takes away what an endpoint need not have. */
export const updateEndpointInput = z.strictObject({
  tenantId,
  endpointId: id,
  url: endpointFields.url.optional(),
  eventTypes: endpointFields.eventTypes.optional(),
  channels: endpointFields.channels.optional(),
  name: endpointFields.name.nullable().optional(),
  description: endpointFields.description.nullable().optional(),
  metadata: endpointFields.metadata.optional(),
  headers: endpointFields.headers.optional(),
  whileDisabled: endpointFields.whileDisabled.optional(),
  retrySchedule: retrySchedule.nullable().optional(),
  timeoutMs: timeoutMs.nullable().optional(),
  concurrency: endpointFields.concurrency.nullable().optional(),
  fifo: endpointFields.fifo.optional(),
  rateLimit: endpointFields.rateLimit.nullable().optional(),
  integrationId: endpointFields.integrationId.nullable().optional(),
});
export type UpdateEndpointInput = z.input<typeof updateEndpointInput>;

export const rotateSecretInput = z.strictObject({
  tenantId,
  endpointId: id,
  /** How long the secrets of before go on signing beside the new one. 0: not at all. At most 30 days. */
  overlapSeconds: z
    .int()
    .min(0)
    .max(30 * DAY_SECONDS)
    .default(DEFAULT_OVERLAP_SECONDS),
  /** The new secret; left out, one is generated. */
  secret: signingSecret.optional(),
});
export type RotateSecretInput = z.input<typeof rotateSecretInput>;

export const listEndpointsInput = z.strictObject({
  tenantId,
  ...pageRequest,
  status: z.enum(["enabled", "disabled"]).optional(),
  eventType: eventType.optional(),
  integrationId: endpointFields.integrationId.optional(),
});
export type ListEndpointsInput = z.input<typeof listEndpointsInput>;

const eventFields = {
  type: eventType,
  data: z.unknown(),
  channels: z.array(channel).max(100).default([]),
  endpointId: id.optional(),
  idempotencyKey: text(1, 255).optional(),
  deliverAt: instant.optional(),
};

export const publishInput = z.strictObject({ tenantId, ...eventFields });
export type PublishInput = z.input<typeof publishInput>;

export const publishNowInput = publishInput.omit({ deliverAt: true }).extend({ endpointId: id });
export type PublishNowInput = z.input<typeof publishNowInput>;

export const publishManyInput = z.strictObject({
  tenantId,
  messages: z.array(z.strictObject(eventFields)).max(MAX_BATCH_MESSAGES),
});
export type PublishManyInput = z.input<typeof publishManyInput>;

export const messageReference = z.strictObject({ tenantId, messageId: id });
export type MessageReference = z.input<typeof messageReference>;

export const listMessagesInput = z.strictObject({ tenantId, ...pageRequest });
export type ListMessagesInput = z.input<typeof listMessagesInput>;

export const deliveryReference = z.strictObject({ tenantId, deliveryId: id });
export type DeliveryReference = z.input<typeof deliveryReference>;

const deliveryState = z.enum([
  "pending",
  "delivering",
  "retrying",
  "held",
  "succeeded",
  "exhausted",
  "cancelled",
]);

export const listDeliveriesInput = z.strictObject({
  tenantId,
  ...pageRequest,
  endpointId: id.optional(),
  messageId: id.optional(),
  state: deliveryState.optional(),
});
export type ListDeliveriesInput = z.input<typeof listDeliveriesInput>;

export const resendInput = z.strictObject({ tenantId, messageId: id, endpointId: id });
export type ResendInput = z.input<typeof resendInput>;

/** What a walk over dead letters or missing messages is asked with. */
export const recoverInput = z.strictObject({
  tenantId,
  endpointId: id,
  since: instant,
  limit: z.int().min(1).max(1_000).default(100),
  cursor: id.optional(),
});
export type RecoverInput = z.input<typeof recoverInput>;
export type ReplayInput = RecoverInput;

export const statisticsInput = z.strictObject({
  tenantId,
  endpointId: id,
  from: instant.optional(),
  to: instant.optional(),
  granularity: z.enum(["hour", "day"]).default("hour"),
});
export type StatisticsInput = z.input<typeof statisticsInput>;

export const sendTestInput = z.strictObject({
  tenantId,
  endpointId: id,
  /** Of the catalogue, or left out: `webhook.test`, which needs no place in it. */
  type: eventType.optional(),
  /** What the test event carries; it must fit the type's schema. */
  data: z.unknown().optional(),
});
export type SendTestInput = z.input<typeof sendTestInput>;

export const countDeliveriesInput = z.strictObject({
  tenantId,
  state: deliveryState,
  endpointId: id.optional(),
});
export type CountDeliveriesInput = z.input<typeof countDeliveriesInput>;

export const runnerOptions = z.strictObject({
  slots: z.int().min(1).max(1_000).optional(),
  timeoutMs: timeoutMs.optional(),
  pollIntervalMs: z.int().min(10).max(60_000).optional(),
});
export type RunnerOptions = z.input<typeof runnerOptions>;

export const runOnceOptions = runnerOptions.extend({
  /** How long to begin attempts at most, in milliseconds. Those under way are finished. */
  withinMs: z
    .int()
    .min(1)
    .max(30 * DAY_SECONDS * 1000)
    .default(DEFAULT_WITHIN_MS),
});
export type RunOnceOptions = z.input<typeof runOnceOptions>;

export const drainOptions = runOnceOptions.extend({
  signal: z.custom<AbortSignal>((value) => value instanceof AbortSignal, "must be an AbortSignal").optional(),
});
export type DrainOptions = z.input<typeof drainOptions>;
