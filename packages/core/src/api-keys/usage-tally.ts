import type { ApiKeyRecord } from "../ports/api-key-store.js";
import type { KeyLastUse, KeyUsageCount, KeyUsageOutcome } from "../ports/key-usage-store.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/**
 * A number, so that the field holds nothing else and is written in place: in one that may also be undefined, each call
 * left a number behind on the heap, and the collector had to find it from an object that is old.
 */
const NEVER_MS = Number.NEGATIVE_INFINITY;

/** What one key's calls of one hour came to. */
export interface TalliedKey {
  /** As it was at the latest of these calls. */
  readonly key: ApiKeyRecord;
  readonly hourMs: number;
  readonly counts: Readonly<Partial<Record<KeyUsageOutcome, number>>>;
  /** When it was last accepted; `NEVER_MS` when it wasn't. */
  readonly usedAtMs: number;
}

/** A tally that may still be counted in. */
export interface OpenTally extends TalliedKey {
  key: ApiKeyRecord;
  counts: Partial<Record<KeyUsageOutcome, number>>;
  usedAtMs: number;
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

  function open(key: ApiKeyRecord, hourMs: number): OpenTally | undefined {
    let hour = hours.get(hourMs);
    if (hour === undefined) {
      hour = new Map();
      hours.set(hourMs, hour);
    }
    let tally = hour.get(key.hash);
    if (tally === undefined) {
      if (keyHours >= maxKeyHours) return undefined;
      tally = { key, hourMs, counts: {}, usedAtMs: NEVER_MS, isTaken: false };
      hour.set(key.hash, tally);
      keyHours += 1;
    }
    return tally;
  }

  return {
    add(key, outcome, nowMs) {
      if (key.tally === undefined || !isOpenAt(key.tally, nowMs))
        key.tally = open(key.record, nowMs - (nowMs % HOUR_MS));
      const { tally } = key;
      if (tally === undefined) {
        droppedCount += 1;
        return;
      }
      tally.key = key.record;
      tally.counts[outcome] = (tally.counts[outcome] ?? 0) + 1;
      if (outcome === "accepted") tally.usedAtMs = nowMs;
    },
    take() {
      const tallies = [...hours.values()].flatMap((hour) => [...hour.values()]);
      for (const tally of tallies) tally.isTaken = true;
      const taken = { keys: tallies, droppedCount };
      hours = new Map();
      keyHours = 0;
      droppedCount = 0;
      return taken;
    },
    putBack({ key, hourMs, counts, usedAtMs }) {
      const tally = open(key, hourMs);
      for (const [outcome, count] of entriesOf(counts)) {
        if (tally === undefined) droppedCount += count;
        else tally.counts[outcome] = (tally.counts[outcome] ?? 0) + count;
      }
      if (tally !== undefined) tally.usedAtMs = Math.max(tally.usedAtMs, usedAtMs);
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
    counts: keys.flatMap(({ key: { tenantId, id: keyId }, hourMs, counts }) =>
      entriesOf(counts).map(([outcome, count]) => ({
        tenantId,
        keyId,
        hour: new Date(hourMs),
        outcome,
        count,
      })),
    ),
    lastUses: keys.flatMap(({ key: { tenantId, id: keyId, lastUsedAt }, usedAtMs }) => {
      if (usedAtMs === NEVER_MS) return [];
      const usedAt = new Date(usedAtMs - (usedAtMs % MINUTE_MS));
      return lastUsedAt !== undefined && lastUsedAt >= usedAt ? [] : [{ tenantId, keyId, usedAt }];
    }),
  };
}

function isOpenAt({ isTaken, hourMs }: OpenTally, nowMs: number): boolean {
  return !isTaken && hourMs <= nowMs && nowMs < hourMs + HOUR_MS;
}

function entriesOf(counts: TalliedKey["counts"]): [KeyUsageOutcome, number][] {
  return Object.entries(counts) as [KeyUsageOutcome, number][];
}
