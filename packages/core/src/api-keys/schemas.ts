import { z } from "zod";
import { id, instant, metadata, pageRequest, tenantId, text } from "../input/fields.js";
import { rateLimits } from "../rate-limit/schemas.js";

const scope = z
  .string()
  .max(128)
  .regex(
    /^[\x21\x23-\x5B\x5D-\x7E]+$/,
    "must be printable ASCII without spaces, quotes or backslashes (RFC 6749 section 3.3)",
  );

export const createApiKeyInput = z.strictObject({
  tenantId,
  name: text(1, 200),
  environment: z.string().optional(),
  ownerId: text(1, 128).optional(),
  scopes: z.array(scope).max(100),
  limits: rateLimits.default([]),
  ipAllowlist: z.array(z.string().max(64)).max(100).default([]),
  metadata: metadata.default({}),
  notBefore: instant.optional(),
  expiresAt: instant.optional(),
});
export type CreateApiKeyInput = z.input<typeof createApiKeyInput>;

export const apiKeyReference = z.strictObject({ tenantId, keyId: id });
export type ApiKeyReference = z.input<typeof apiKeyReference>;

export const listApiKeysInput = z.strictObject({ tenantId, ...pageRequest });
export type ListApiKeysInput = z.input<typeof listApiKeysInput>;

export const requiredScopes = z.union([z.array(scope), z.strictObject({ anyOf: z.array(scope).min(1) })]);
