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

/** Records don't change, and a warm key is shown at every call: copying it each time cost more than its hash. */
const shown = /* @__PURE__ */ new WeakMap<ApiKeyRecord, ApiKey>();

/** Shows a record to hosts: the same frozen object for as long as its status stays the same. */
export function toApiKey(record: ApiKeyRecord, now: Date): ApiKey {
  const status = deriveKeyStatus(record, now);
  const earlier = shown.get(record);
  if (earlier?.status === status) return earlier;
  const { hash: _, ...shownParts } = record;
  const apiKey = Object.freeze({ ...shownParts, status });
  shown.set(record, apiKey);
  return apiKey;
}
