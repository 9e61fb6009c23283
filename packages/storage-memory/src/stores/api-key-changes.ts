import type { ApiKeyChanges, ApiKeyRecord, SuccessorKey } from "@tenon/core/ports";

/** A key with some of its settings changed: absent keeps, null clears. */
export function changedKey(key: ApiKeyRecord, changes: ApiKeyChanges): ApiKeyRecord {
  const { ownerId, notBefore, expiresAt, ...kept } = changes;
  return {
    ...key,
    ...kept,
    ownerId: merge(key.ownerId, ownerId),
    notBefore: merge(key.notBefore, notBefore),
    expiresAt: merge(key.expiresAt, expiresAt),
  };
}

/** A key in whose place a successor was put. */
export function rotatedKey(
  key: ApiKeyRecord,
  {
    successorId,
    graceSeconds,
    now,
  }: { readonly successorId: string; readonly graceSeconds: number; readonly now: Date },
): ApiKeyRecord {
  const graceEndsAt = new Date(now.getTime() + graceSeconds * 1000);
  const endsSooner = key.expiresAt !== undefined && key.expiresAt < graceEndsAt;
  return {
    ...key,
    rotatedAt: now,
    successorId,
    expiresAt: endsSooner ? key.expiresAt : graceEndsAt,
    revokedAt: graceSeconds === 0 ? now : undefined,
  };
}

/** The key that takes a key's place: all its settings, under another text. */
export function successorOf(key: ApiKeyRecord, successor: SuccessorKey, now: Date): ApiKeyRecord {
  return {
    ...key,
    ...successor,
    createdAt: now,
    rotatedAt: undefined,
    lastUsedAt: undefined,
    predecessorId: key.id,
    successorId: undefined,
  };
}

function merge<Value>(kept: Value | undefined, changed: Value | null | undefined): Value | undefined {
  return changed === undefined ? kept : (changed ?? undefined);
}
