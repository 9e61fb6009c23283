import type { ApiKeyRecord } from "../ports/api-key-store.js";
import type { Clock } from "../ports/clock.js";
import { createExpiringMap, type Kept } from "./expiring-map.js";
import { type KnownKey, knowKey } from "./known-key.js";
import { createArraySharer } from "./shared-arrays.js";

export interface KeyCacheConfig {
  readonly clock: Clock;
  /** How long a record is believed, counted from the beginning of the read that brought it. 0 caches nothing. */
  readonly lifetimeMs: number;
  readonly maxEntries: number;
  readonly maxNegativeEntries: number;
}

/** A cached answer: the key, or no record for a hash that no key has. */
export type CachedKey = KnownKey | { readonly record: undefined };

const NO_KEY: CachedKey = Object.freeze({ record: undefined });

export interface KeyCache {
  /** @param now the clock's, for who has read it already. */
  get(hash: string, now?: Date): CachedKey | undefined;
  /**
   * Reads a record, once for all who ask while the read is under way, and keeps the answer, unless the key was evicted
   * meanwhile. Who asks after an eviction never gets the answer of a read that began before it. What is known of a key
   * stays where the very same record is read again: a storage in memory has it still.
   */
  fill(hash: string, read: () => Promise<ApiKeyRecord | undefined>): Promise<KnownKey | undefined>;
  /** Forgets a key, and the read of it that is under way. */
  evict(hash: string): void;
  /**
   * Forgets a key and keeps it out for one lifetime: for a change in a transaction that hasn't committed yet,
   * when a read from outside would still bring the old record back.
   */
  bury(hash: string): void;
  /** Forgets every key, and every read under way: for when changes may have gone unheard. */
  clear(): void;
}

/** Hashes are random: of 10,000 keys, hardly two begin alike. */
const PLACE_CHARACTERS = 12;

/**
 * Where a key is kept: by a number made of the beginning of its hash. Where two keys share it they take turns; that it is
 * the key's own hash is seen then. A map leaves compiled code to read a text that was just made, and does not for a number.
 */
function placeOf(hash: string): number {
  const length = Math.min(hash.length, PLACE_CHARACTERS);
  let place = 0;
  for (let index = 0; index < length; index++) place = (Math.imul(place, 31) + hash.charCodeAt(index)) | 0;
  return place;
}

/** Caches key records (never verdicts) for a short lifetime, bounded in entries. */
export function createKeyCache({
  clock,
  lifetimeMs,
  maxEntries,
  maxNegativeEntries,
}: KeyCacheConfig): KeyCache {
  const shareScopes = createArraySharer<string>();
  const known = createExpiringMap<number, KnownKey>({ clock, lifetimeMs, maxEntries });
  const unknown = createExpiringMap<string, Kept>({ clock, lifetimeMs, maxEntries: maxNegativeEntries });
  const buried = createExpiringMap<string, Kept>({ clock, lifetimeMs, maxEntries });
  /** Reads under way that may still be believed. An eviction takes them out: that is their generation stamp. */
  const reads = new Map<string, Promise<KnownKey | undefined>>();

  function evict(hash: string): void {
    reads.delete(hash);
    known.delete(placeOf(hash));
    unknown.delete(hash);
  }

  function know(hash: string, record: ApiKeyRecord): KnownKey {
    const earlier = known.last(placeOf(hash));
    if (earlier?.record === record) return earlier;
    const key = knowKey(record, shareScopes(record.scopes));
    // A key that was used is another record, with the very same limits: what it is charged stays.
    if (earlier?.hash === hash && earlier.record.limits === record.limits) key.usual = earlier.usual;
    return key;
  }

  function keep(hash: string, key: KnownKey | undefined, readAt: Date): void {
    if (key !== undefined) {
      known.set(placeOf(hash), key, readAt);
      return;
    }
    known.delete(placeOf(hash));
    unknown.set(hash, { keptSinceMs: 0 }, readAt);
  }

  return {
    get(hash, now) {
      const key = known.get(placeOf(hash), now);
      if (key !== undefined && key.hash === hash) return key;
      return unknown.get(hash, now) === undefined ? undefined : NO_KEY;
    },
    fill(hash, read) {
      const underWay = reads.get(hash);
      if (underWay !== undefined) return underWay;
      if (buried.get(hash) !== undefined) return read().then((record) => record && know(hash, record));
      const begunAt = clock.now();
      const reading = read().then(
        (record) => {
          const key = record && know(hash, record);
          if (reads.get(hash) === reading) {
            reads.delete(hash);
            keep(hash, key, begunAt);
          }
          return key;
        },
        (error: unknown) => {
          if (reads.get(hash) === reading) reads.delete(hash);
          throw error;
        },
      );
      reads.set(hash, reading);
      return reading;
    },
    evict,
    bury(hash) {
      evict(hash);
      buried.set(hash, { keptSinceMs: 0 }, clock.now());
    },
    clear() {
      reads.clear();
      known.clear();
      unknown.clear();
    },
  };
}
