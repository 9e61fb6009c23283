import type { ApiKeyRecord } from "../ports/api-key-store.js";
import type { ChargePlan } from "../rate-limit/charge-plan.js";
import { type ApiKey, toApiKey } from "./api-key.js";
import type { Kept } from "./expiring-map.js";
import { freezeRecord } from "./freeze-record.js";
import type { ScopedLimit } from "./key-limits.js";
import { deriveKeyStatus, type KeyStatus } from "./key-status.js";
import type { CountedKey, OpenTally } from "./usage-tally.js";

/**
 * A record with what was made of it for earlier calls. It is kept beside the record and not in maps of its own: a warm
 * call is mostly spent waiting for memory, and each map would be another place to look.
 */
export interface KnownKey extends CountedKey, Kept {
  readonly record: ApiKeyRecord;
  /** The record's, here because every call compares it. */
  readonly hash: string;
  /** Its scopes, in an array that keys with the same scopes have in common. Never handed out. */
  readonly scopes: readonly string[];
  /** Its status, where the passing of time doesn't change it. */
  readonly lastingStatus: KeyStatus | undefined;
  readonly isBoundToAddresses: boolean;
  shown: ApiKey | undefined;
  tally: OpenTally | undefined;
  /** What a usual call is charged: see `UsualCall`. */
  usual: UsualCall | undefined;
  /** Whether the guards of the kit remember it as good: other callers' failures don't lock it out then. */
  isRememberedGood: boolean;
}

/** A key mostly calls again what it called before: records and limits don't change, so neither does what it is charged. */
export interface UsualCall extends ChargePlan {
  readonly limits: readonly ScopedLimit[];
  readonly cost: number;
}

export function knowKey(record: ApiKeyRecord, scopes: readonly string[] = record.scopes): KnownKey {
  const { expiresAt, notBefore, revokedAt, disabledAt } = record;
  const isLasting =
    revokedAt !== undefined ||
    disabledAt !== undefined ||
    (expiresAt === undefined && notBefore === undefined);
  return {
    record: freezeRecord(record),
    hash: record.hash,
    keptSinceMs: 0,
    scopes,
    lastingStatus: isLasting ? deriveKeyStatus(record, new Date(0)) : undefined,
    isBoundToAddresses: record.ipAllowlist.length > 0,
    shown: undefined,
    tally: undefined,
    usual: undefined,
    isRememberedGood: false,
  };
}

/** Shows a key to hosts: the same frozen object for as long as its status stays the same. */
export function showKnownKey(known: KnownKey, now: Date): ApiKey {
  const { record, shown, lastingStatus } = known;
  if (shown !== undefined && (lastingStatus !== undefined || shown.status === deriveKeyStatus(record, now)))
    return shown;
  const apiKey = toApiKey(record, now);
  known.shown = apiKey;
  return apiKey;
}
