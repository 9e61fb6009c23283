import type { ApiKeyRecord } from "../ports/api-key-store.js";
import type { Secret } from "../secret/secret.js";
import { deriveKeyStatus, type KeyStatus } from "./key-status.js";

/** An API key as hosts see it: everything but its hash. */
export interface ApiKey extends Omit<ApiKeyRecord, "hash"> {
  readonly status: KeyStatus;
}

/** A key just created, with its text: shown this once, stored nowhere. */
export interface CreatedApiKey extends ApiKey {
  readonly secret: Secret;
}

/**
 * Shows a record to hosts. Field by field: made by a spread, it would have the hidden class of the record, and a storage
 * may have records of several.
 */
export function toApiKey(record: ApiKeyRecord, now: Date): ApiKey {
  return Object.freeze({
    status: deriveKeyStatus(record, now),
    tenantId: record.tenantId,
    id: record.id,
    prefix: record.prefix,
    environment: record.environment,
    start: record.start,
    name: record.name,
    ownerId: record.ownerId,
    scopes: record.scopes,
    limits: record.limits,
    ipAllowlist: record.ipAllowlist,
    metadata: record.metadata,
    createdAt: record.createdAt,
    notBefore: record.notBefore,
    expiresAt: record.expiresAt,
    disabledAt: record.disabledAt,
    revokedAt: record.revokedAt,
    rotatedAt: record.rotatedAt,
    lastUsedAt: record.lastUsedAt,
    predecessorId: record.predecessorId,
    successorId: record.successorId,
  });
}
