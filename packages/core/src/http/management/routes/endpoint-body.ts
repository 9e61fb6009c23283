import { z } from "zod";
import { isSecret } from "../../../secret/secret.js";
import type { Endpoint } from "../../../webhooks/endpoint.js";
import type { CreatedEndpoint } from "../../../webhooks/endpoint-service.js";
import { createEndpointInput, retrySchedule, updateEndpointInput } from "../../../webhooks/schemas.js";
import { schemaNames } from "../schema-names.js";
import { instant, jsonObject, metadataInput, showInstant } from "./fields.js";

/** A webhook endpoint in replies. */
export const endpointBody = z
  .object({
    id: z.string(),
    url: z.string(),
    eventTypes: z.array(z.string()),
    channels: z.array(z.string()),
    name: z.string().nullable(),
    description: z.string().nullable(),
    metadata: jsonObject,
    headers: z.record(z.string(), z.string()),
    enabled: z.boolean(),
    integrationId: z.string().nullable(),
    whileDisabled: z.enum(["hold", "skip"]),
    retrySchedule: retrySchedule.nullable(),
    timeoutMs: z.int().nullable(),
    concurrency: z.int().nullable(),
    fifo: z.boolean(),
    rateLimit: z.object({ limit: z.int(), windowSeconds: z.int() }).nullable(),
    signing: z.enum(["hmac", "ed25519", "shared"]),
    publicKey: z.string().nullable(),
    revision: z.int(),
    createdAt: instant,
    updatedAt: instant,
    disabledAt: instant.nullable(),
    disabledReason: z.string().nullable(),
    failingSince: instant.nullable(),
    pausedUntil: instant.nullable(),
    slowSince: instant.nullable(),
    lastDeliveryAt: instant.nullable(),
  })
  .register(schemaNames, { name: "Endpoint" });
export type EndpointBody = z.output<typeof endpointBody>;

/** An endpoint with its signing secret, null where it has none to hand out. */
export const endpointWithSecretBody = endpointBody
  .extend({ secret: z.string().nullable() })
  .register(schemaNames, { name: "EndpointWithSecret" });

const created = createEndpointInput.shape;
const updated = updateEndpointInput.shape;

export const createEndpointRequest = z
  .strictObject({
    url: created.url,
    eventTypes: created.eventTypes,
    channels: created.channels,
    name: created.name,
    description: created.description,
    metadata: metadataInput.optional(),
    headers: created.headers,
    enabled: z.boolean().optional(),
    integrationId: created.integrationId,
    whileDisabled: created.whileDisabled,
    retrySchedule: created.retrySchedule,
    timeoutMs: created.timeoutMs,
    concurrency: created.concurrency,
    fifo: created.fifo,
    rateLimit: created.rateLimit,
    signing: created.signing,
  })
  .register(schemaNames, { name: "CreateEndpoint" });

export const updateEndpointRequest = z
  .strictObject({
    url: updated.url,
    eventTypes: updated.eventTypes,
    channels: updated.channels,
    name: updated.name,
    description: updated.description,
    metadata: metadataInput.optional(),
    headers: updated.headers,
    enabled: z.boolean().optional(),
    integrationId: updated.integrationId,
    whileDisabled: updated.whileDisabled,
    retrySchedule: updated.retrySchedule,
    timeoutMs: updated.timeoutMs,
    concurrency: updated.concurrency,
    fifo: updated.fifo,
    rateLimit: updated.rateLimit,
  })
  .register(schemaNames, { name: "UpdateEndpoint" });

/** Shows an endpoint: everything but its tenant, which the caller is. Header values are masked already. */
export function showEndpoint(endpoint: Endpoint): EndpointBody {
  return {
    id: endpoint.id,
    url: endpoint.url,
    eventTypes: [...endpoint.eventTypes],
    channels: [...endpoint.channels],
    name: endpoint.name ?? null,
    description: endpoint.description ?? null,
    metadata: endpoint.metadata,
    headers: endpoint.headers,
    enabled: endpoint.disabledAt === undefined,
    integrationId: endpoint.integrationId ?? null,
    whileDisabled: endpoint.whileDisabled,
    retrySchedule: showSchedule(endpoint.retrySchedule),
    timeoutMs: endpoint.timeoutMs ?? null,
    concurrency: endpoint.concurrency ?? null,
    fifo: endpoint.fifo,
    rateLimit: endpoint.rateLimit ?? null,
    signing: endpoint.signing,
    publicKey: endpoint.publicKey ?? null,
    revision: endpoint.revision,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
    disabledAt: showInstant(endpoint.disabledAt),
    disabledReason: endpoint.disabledReason ?? null,
    failingSince: showInstant(endpoint.failingSince),
    pausedUntil: showInstant(endpoint.pausedUntil),
    slowSince: showInstant(endpoint.slowSince),
    lastDeliveryAt: showInstant(endpoint.lastDeliveryAt),
  };
}

function showSchedule(schedule: Endpoint["retrySchedule"]): EndpointBody["retrySchedule"] {
  if (schedule === undefined) return null;
  return schedule.kind === "list" ? { ...schedule, delaysSeconds: [...schedule.delaysSeconds] } : schedule;
}

/** Shows an endpoint with the secret it was just given; null where it has none to hand out. */
export function showWithSecret(created: Omit<CreatedEndpoint, "secret"> & { readonly secret: unknown }) {
  const { secret } = created;
  return Object.assign(showEndpoint(created), { secret: isSecret(secret) ? secret.reveal() : null });
}
