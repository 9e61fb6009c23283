import type { ApiKeyRecord } from "../ports/api-key-store.js";
import type { KeyLastUse, KeyUsageCount, KeyUsageOutcome } from "../ports/key-usage-store.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NEVER = -1;

/** What one key's calls of one hour came to. */
export interface TalliedKey {
  /** As it was at the latest of these calls. */
  readonly key: ApiKeyRecord;
  /** In whole hours since 1970, as the next in minutes: numbers this small stand in the object itself. */
  readonly hour: number;
  readonly counts: Readonly<Partial<Record<KeyUsageOutcome, number>>>;
  /** The minute in which it was last accepted; `NEVER` when it wasn't. */
  readonly usedInMinute: number;
}

/** A tally that may still be counted in. */
export interface OpenTally extends TalliedKey {
  key: ApiKeyRecord;
  counts: Partial<Record<KeyUsageOutcome, number>>;
  usedInMinute: number;
  /** Whether it was taken: what comes now belongs into another. */
  isTaken: boolean;
}

/** A key that remembers where its calls are counted, so that most calls cost no search. */
export interface CountedKey {
  readonly record: ApiKeyRecord;
  tally: OpenTally | undefined;
}

/** Calls per key and hour, of at most `maxKeyHours` of these; what is beyond goes uncounted, and that is counted. */
export interface UsageTally {
  add(key: CountedKey, outcome: KeyUsageOutcome, nowMs: number): void;
  /** Everything so far; it is empty afterwards. */
  take(): { readonly keys: readonly TalliedKey[]; readonly droppedCount: number };
  /** Adds what was taken, and couldn't be used. */
  putBack(tallied: TalliedKey): void;
}

export function createUsageTally(maxKeyHours: number): UsageTally {
  /** By hour, then by the key's hash, which no other tenant's key has. */
  let hours = new Map<number, Map<string, OpenTally>>();
  let keyHours = 0;
  let droppedCount = 0;

  function open(key: ApiKeyRecord, hour: number): OpenTally | undefined {
    let tallies = hours.get(hour);
    if (tallies === undefined) {
      tallies = new Map();
      hours.set(hour, tallies);
    }
    let tally = tallies.get(key.hash);
    if (tally === undefined) {
      if (keyHours >= maxKeyHours) return undefined;
      tally = { key, hour, counts: {}, usedInMinute: NEVER, isTaken: false };
      tallies.set(key.hash, tally);
      keyHours += 1;
    }
    return tally;
  }

  return {
    add(key, outcome, nowMs) {
      const hour = Math.floor(nowMs / HOUR_MS);
      if (key.tally === undefined || key.tally.isTaken || key.tally.hour !== hour)
        key.tally = open(key.record, hour);
      const { tally } = key;
      if (tally === undefined) {
        droppedCount += 1;
        return;
      }
      tally.key = key.record;
      tally.counts[outcome] = (tally.counts[outcome] ?? 0) + 1;
      if (outcome === "accepted") tally.usedInMinute = Math.floor(nowMs / MINUTE_MS);
    },
    take() {
      const tallies = [...hours.values()].flatMap((ofOneHour) => [...ofOneHour.values()]);
      for (const tally of tallies) tally.isTaken = true;
      const taken = { keys: tallies, droppedCount };
      hours = new Map();
      keyHours = 0;
      droppedCount = 0;
      return taken;
    },
    putBack({ key, hour, counts, usedInMinute }) {
      const tally = open(key, hour);
      for (const [outcome, count] of entriesOf(counts)) {
        if (tally === undefined) droppedCount += count;
        else tally.counts[outcome] = (tally.counts[outcome] ?? 0) + count;
      }
      if (tally !== undefined) tally.usedInMinute = Math.max(tally.usedInMinute, usedInMinute);
    },
  };
}

/**
 * What of a tally is written down. The last use is told by the beginning of its minute, so that however many processes
 * and batches tell of one minute, the key's record is written once.
 */
export function toUsageWrite(keys: readonly TalliedKey[]): {
  readonly counts: readonly KeyUsageCount[];
  readonly lastUses: readonly KeyLastUse[];
} {
  return {
    counts: keys.flatMap(({ key: { tenantId, id: keyId }, hour, counts }) =>
      entriesOf(counts).map(([outcome, count]) => ({
        tenantId,
        keyId,
        hour: new Date(hour * HOUR_MS),
        outcome,
        count,
      })),
    ),
    lastUses: keys.flatMap(({ key: { tenantId, id: keyId, lastUsedAt }, usedInMinute }) => {
      if (usedInMinute === NEVER) return [];
      const usedAt = new Date(usedInMinute * MINUTE_MS);
      return lastUsedAt !== undefined && lastUsedAt >= usedAt ? [] : [{ tenantId, keyId, usedAt }];
    }),
  };
}

function entriesOf(counts: TalliedKey["counts"]): [KeyUsageOutcome, number][] {
  return Object.entries(counts) as [KeyUsageOutcome, number][];
}
