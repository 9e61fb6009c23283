import type { ApiKeyRecord } from "../ports/api-key-store.js";

export type KeyStatus = "active" | "disabled" | "revoked" | "expired" | "not_yet_valid";

/**
 * Derives what a key is at an instant. `notBefore` and `expiresAt` are the first valid and the first invalid instant.
 * Where several apply, the one hardest to undo is told: revoked, disabled, expired, not yet valid.
 */
export function deriveKeyStatus(
  record: Pick<ApiKeyRecord, "revokedAt" | "disabledAt" | "expiresAt" | "notBefore">,
  now: Date,
): KeyStatus {
  if (record.revokedAt !== undefined) return "revoked";
  if (record.disabledAt !== undefined) return "disabled";
  if (record.expiresAt !== undefined && record.expiresAt <= now) return "expired";
  if (record.notBefore !== undefined && record.notBefore > now) return "not_yet_valid";
  return "active";
}
