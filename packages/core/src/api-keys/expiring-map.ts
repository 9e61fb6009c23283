import type { Clock } from "../ports/clock.js";

/** Entries that live for a while, at most so many of them: the oldest make room. */
export interface ExpiringMap<Key, Value> {
  /** @param now the clock's, for who has read it already. */
  get(key: Key, now?: Date): Value | undefined;
  /** What was kept last under a key, however long ago. */
  last(key: Key): Value | undefined;
  /** Keeps a value for one lifetime from `at` on. */
  set(key: Key, value: Value, at: Date): void;
  delete(key: Key): void;
  clear(): void;
}

export function createExpiringMap<Key, Value>({
  clock,
  lifetimeMs,
  maxEntries,
}: {
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly maxEntries: number;
}): ExpiringMap<Key, Value> {
  const entries = new Map<Key, { readonly value: Value; readonly storedAtMs: number }>();
  return {
    get(key, now) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      const ageMs = (now ?? clock.now()).getTime() - entry.storedAtMs;
      // A clock stepped back would make an entry immortal.
      return ageMs >= 0 && ageMs < lifetimeMs ? entry.value : undefined;
    },
    last: (key) => entries.get(key)?.value,
    set(key, value, at) {
      entries.delete(key);
      entries.set(key, { value, storedAtMs: at.getTime() });
      if (entries.size <= maxEntries) return;
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    },
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  };
}
