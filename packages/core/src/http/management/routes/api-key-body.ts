import { z } from "zod";
import type { ApiKey } from "../../../api-keys/api-key.js";
import { createApiKeyInput, updateApiKeyInput } from "../../../api-keys/schemas.js";
import { schemaNames } from "../schema-names.js";
import { instant, instantInput, jsonObject, metadataInput, showInstant } from "./fields.js";

const limit = z.object({
  name: z.string(),
  limit: z.int(),
  windowSeconds: z.int(),
  algorithm: z.enum(["sliding-window", "gcra", "fixed-window"]),
});

/** An API key in replies. */
export const apiKeyBody = z
  .object({
    id: z.string(),
    name: z.string(),
    ownerId: z.string().nullable(),
    prefix: z.string(),
    environment: z.string().nullable(),
    start: z.string(),
    scopes: z.array(z.string()),
    limits: z.array(limit),
    ipAllowlist: z.array(z.string()),
    metadata: jsonObject,
    status: z.enum(["active", "disabled", "revoked", "expired", "not_yet_valid"]),
    createdAt: instant,
    notBefore: instant.nullable(),
    expiresAt: instant.nullable(),
    disabledAt: instant.nullable(),
    revokedAt: instant.nullable(),
    rotatedAt: instant.nullable(),
    lastUsedAt: instant.nullable(),
    predecessorId: z.string().nullable(),
    successorId: z.string().nullable(),
  })
  .register(schemaNames, { name: "ApiKey" });
export type ApiKeyBody = z.output<typeof apiKeyBody>;

/** A key just created: the one reply that shows its text. */
export const createdApiKeyBody = apiKeyBody
  .extend({ key: z.string() })
  .register(schemaNames, { name: "CreatedApiKey" });

const created = createApiKeyInput.shape;
const updated = updateApiKeyInput.shape;

export const createApiKeyRequest = z
  .strictObject({
    name: created.name,
    ownerId: created.ownerId,
    environment: created.environment,
    scopes: created.scopes,
    limits: created.limits,
    ipAllowlist: created.ipAllowlist,
    metadata: metadataInput.optional(),
    notBefore: instantInput.optional(),
    expiresAt: instantInput.nullable().optional(),
  })
  .register(schemaNames, { name: "CreateApiKey" });

export const updateApiKeyRequest = z
  .strictObject({
    name: updated.name,
    ownerId: updated.ownerId,
    scopes: updated.scopes,
    limits: updated.limits,
    ipAllowlist: updated.ipAllowlist,
    metadata: metadataInput.optional(),
    notBefore: instantInput.nullable().optional(),
    expiresAt: instantInput.nullable().optional(),
  })
  .register(schemaNames, { name: "UpdateApiKey" });

/** Shows a key: everything a record says, without its tenant, which the caller is. */
export function showApiKey(key: ApiKey): ApiKeyBody {
  return {
    id: key.id,
    name: key.name,
    ownerId: key.ownerId ?? null,
    prefix: key.prefix,
    environment: key.environment ?? null,
    start: key.start,
    scopes: [...key.scopes],
    limits: key.limits.map(({ name, limit, windowSeconds, algorithm }) => ({
      name,
      limit,
      windowSeconds,
      algorithm,
    })),
    ipAllowlist: [...key.ipAllowlist],
    metadata: key.metadata,
    status: key.status,
    createdAt: key.createdAt.toISOString(),
    notBefore: showInstant(key.notBefore),
    expiresAt: showInstant(key.expiresAt),
    disabledAt: showInstant(key.disabledAt),
    revokedAt: showInstant(key.revokedAt),
    rotatedAt: showInstant(key.rotatedAt),
    lastUsedAt: showInstant(key.lastUsedAt),
    predecessorId: key.predecessorId ?? null,
    successorId: key.successorId ?? null,
  };
}
