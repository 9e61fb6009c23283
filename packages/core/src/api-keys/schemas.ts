import { z } from "zod";
import { id, instant, metadata, pageRequest, tenantId, text } from "../input/fields.js";
import { limitName, rateLimit, rateLimits } from "../rate-limit/schemas.js";
import { MAX_GRACE_SECONDS, MAX_LIFETIME_SECONDS, MOST_KEYS_AT_ONCE } from "./defaults.js";
import { partitionOf } from "./key-limits.js";

const scope = z
  .string()
  .max(128)
  .regex(
    /^[\x21\x23-\x5B\x5D-\x7E]+$/,
    "must be printable ASCII without spaces, quotes or backslashes (RFC 6749 section 3.3)",
  );

const scopes = z.array(scope).max(100);
const ipAllowlist = z.array(z.string().max(64)).max(100);
const name = text(1, 200);
const ownerId = text(1, 128);
/** The scopes of whoever asks: a key gets none beyond them. */
const grantableScopes = z.array(scope).max(1_000).optional();

const settings = {
  name,
  ownerId: ownerId.optional(),
  scopes,
  grantableScopes,
  limits: rateLimits.optional(),
  ipAllowlist: ipAllowlist.default([]),
  metadata: metadata.default({}),
  notBefore: instant.optional(),
  expiresAt: instant.nullable().optional(),
};

const newKey = { environment: z.string().optional(), ...settings };

export const createApiKeyInput = z.strictObject({ tenantId, ...newKey });
export type CreateApiKeyInput = z.input<typeof createApiKeyInput>;

export const createApiKeysInput = z.strictObject({
  tenantId,
  keys: z.array(z.strictObject(newKey)).min(1).max(MOST_KEYS_AT_ONCE),
});
export type CreateApiKeysInput = z.input<typeof createApiKeysInput>;
export type CreateApiKeysRequest = z.output<typeof createApiKeysInput>;

export const keyHashFormat = z.enum(["sha256-hex", "sha256-base64", "sha256-base64url"]);

export const importApiKeysInput = z.strictObject({
  tenantId,
  keys: z
    .array(
      z.strictObject({
        /** SHA-256 of the key's whole text. */
        hash: z.string().max(128),
        hashFormat: keyHashFormat.optional(),
        /** The first characters of the key's text, for display. Never enough to guess the rest. */
        start: text(0, 32).default(""),
        ...settings,
      }),
    )
    .min(1)
    .max(MOST_KEYS_AT_ONCE),
});
export type ImportApiKeysInput = z.input<typeof importApiKeysInput>;
export type ImportApiKeysRequest = z.output<typeof importApiKeysInput>;

export const apiKeyReference = z.strictObject({ tenantId, keyId: id });
export type ApiKeyReference = z.input<typeof apiKeyReference>;

export const updateApiKeyInput = z.strictObject({
  tenantId,
  keyId: id,
  name: name.optional(),
  ownerId: ownerId.nullable().optional(),
  scopes: scopes.optional(),
  grantableScopes,
  limits: rateLimits.optional(),
  ipAllowlist: ipAllowlist.optional(),
  metadata: metadata.optional(),
  notBefore: instant.nullable().optional(),
  expiresAt: instant.nullable().optional(),
});
export type UpdateApiKeyInput = z.input<typeof updateApiKeyInput>;

export const rotateApiKeyInput = z.strictObject({
  tenantId,
  keyId: id,
  /** How long the old key works on, in whole seconds; 0 revokes it at once. */
  graceSeconds: z.int().min(0).max(MAX_GRACE_SECONDS),
});
export type RotateApiKeyInput = z.input<typeof rotateApiKeyInput>;

export const revokeApiKeysInput = z.union([
  z.strictObject({ tenantId, keyIds: z.array(id).min(1).max(MOST_KEYS_AT_ONCE) }),
  z.strictObject({ tenantId, ownerId }),
]);
export type RevokeApiKeysInput = z.input<typeof revokeApiKeysInput>;

export const listApiKeysInput = z.strictObject({
  tenantId,
  ...pageRequest,
  ownerId: ownerId.optional(),
  status: z.enum(["active", "disabled", "revoked", "expired", "not_yet_valid"]).optional(),
  namePrefix: text(0, 200).optional(),
  expiresBefore: instant.optional(),
});
export type ListApiKeysInput = z.input<typeof listApiKeysInput>;

/** What a host decides for all its keys. */
export const keyPolicy = {
  defaultLifetimeSeconds: z.int().min(1).max(MAX_LIFETIME_SECONDS).optional(),
  defaultLimits: rateLimits.default([]),
  maxKeysPerTenant: z.int().min(1).max(1_000_000).optional(),
};

export const acceptedFormats = z
  .array(
    z.strictObject({
      pattern: z.union([z.string().min(1).max(1_000), z.instanceof(RegExp)]),
      hash: keyHashFormat.default("sha256-hex"),
    }),
  )
  .max(20)
  .default([]);

export const requiredScopes = z.union(
  [z.array(scope), z.strictObject({ anyOf: z.array(scope).min(1) })],
  "must be a list of scopes, or such a list as { anyOf }",
);

const scopedLimit = rateLimit.safeExtend({
  per: z
    .union(
      [z.enum(["key", "tenant", "address"]), z.strictObject({ route: limitName })],
      'must be "key", "tenant", "address" or { route }',
    )
    .default("key"),
});

/** Limits that a route adds to a key's own: those of one subject have names of their own. */
export const scopedLimits = z
  .array(scopedLimit)
  .max(10)
  .superRefine((limits, context) => {
    const seen = new Set<string>();
    for (const [index, { per, name }] of limits.entries()) {
      const unique = `${partitionOf(per) ?? ""}/${name}`;
      if (seen.has(unique)) {
        context.addIssue({ code: "custom", path: [index, "name"], message: `"${name}" is used twice` });
      }
      seen.add(unique);
    }
  });

/** A limit as a host writes it, together with whose calls it counts. */
export type ScopedLimitInput = z.input<typeof scopedLimit>;

export const routeLimits = z.strictObject({ limits: scopedLimits });

export const keyUsageInput = z.strictObject({
  tenantId,
  keyId: id,
  from: instant.optional(),
  to: instant.optional(),
  granularity: z.enum(["hour", "day"]).default("hour"),
});
export type KeyUsageInput = z.input<typeof keyUsageInput>;
