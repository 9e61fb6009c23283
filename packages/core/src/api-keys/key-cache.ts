import type { ApiKeyRecord } from "../ports/api-key-store.js";
import type { Clock } from "../ports/clock.js";

export interface KeyCacheConfig {
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly maxEntries: number;
  readonly maxNegativeEntries: number;
}

/** A cached answer: the record, or undefined for a hash that no key has. */
export interface CachedKey {
  readonly record: ApiKeyRecord | undefined;
}

export interface KeyCache {
  get(hash: string): CachedKey | undefined;
  /** Call before reading the storage; the returned function stores the answer, unless an eviction came between. */
  beginFill(hash: string): (record: ApiKeyRecord | undefined) => void;
  /** Forgets a hash, and every fill under way. */
  evict(hash: string): void;
  /**
   * Forgets a hash and keeps it out for one lifetime: for a change in a transaction that hasn't committed yet,
   * when a read from outside would still bring the old record back.
   */
  bury(hash: string): void;
}

/** Caches key records (never verdicts) for a short lifetime, bounded in entries. */
export function createKeyCache({
  clock,
  lifetimeMs,
  maxEntries,
  maxNegativeEntries,
}: KeyCacheConfig): KeyCache {
  const known = createExpiringMap<ApiKeyRecord>(clock, lifetimeMs, maxEntries);
  const unknown = createExpiringMap<true>(clock, lifetimeMs, maxNegativeEntries);
  const buried = createExpiringMap<true>(clock, lifetimeMs, maxEntries);
  let generation = 0;

  function evict(hash: string): void {
    generation += 1;
    known.delete(hash);
    unknown.delete(hash);
  }

  return {
    get(hash) {
      const record = known.get(hash);
      if (record !== undefined) return { record };
      return unknown.get(hash) ? { record: undefined } : undefined;
    },
    beginFill(hash) {
      const begunAt = generation;
      return (record) => {
        if (generation !== begunAt || buried.get(hash)) return;
        if (record === undefined) unknown.set(hash, true);
        else known.set(hash, record);
      };
    },
    evict,
    bury(hash) {
      evict(hash);
      buried.set(hash, true);
    },
  };
}

interface ExpiringMap<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

function createExpiringMap<Value>(clock: Clock, lifetimeMs: number, maxEntries: number): ExpiringMap<Value> {
  const entries = new Map<string, { readonly value: Value; readonly storedAtMs: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      const ageMs = clock.now().getTime() - entry.storedAtMs;
      // A clock stepped back would make an entry immortal.
      if (ageMs >= 0 && ageMs < lifetimeMs) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, { value, storedAtMs: clock.now().getTime() });
      if (entries.size <= maxEntries) return;
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    },
    delete: (key) => void entries.delete(key),
  };
}
