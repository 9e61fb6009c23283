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
 * Shows a record to hosts. The status comes before the record's own fields: written after a spread, a name gives each
 * object a hidden class of its own, and every read of a key's fields would search it.
 */
export function toApiKey(record: ApiKeyRecord, now: Date): ApiKey {
  const { hash: _, ...shown } = { status: deriveKeyStatus(record, now), ...record };
  return Object.freeze(shown);
}
