import type { Clock } from "../ports/clock.js";

/**
 * A value that says itself since when it is kept, in milliseconds after its map was made: beside it, that would be two
 * more places in memory to wait for. A number below 2^31, as it is for 24 days, stands in the object itself.
 */
export interface Kept {
  keptSinceMs: number;
}

/** Values that live for a while, at most so many of them: the oldest make room. Each may be in one map. */
export interface ExpiringMap<Key, Value extends Kept> {
  /** @param now the clock's, for who has read it already. */
  get(key: Key, now?: Date): Value | undefined;
  /** What was kept last under a key, however long ago. */
  last(key: Key): Value | undefined;
  /** Keeps a value for one lifetime from `at` on. */
  set(key: Key, value: Value, at: Date): void;
  delete(key: Key): void;
  clear(): void;
}

export function createExpiringMap<Key, Value extends Kept>({
  clock,
  lifetimeMs,
  maxEntries,
}: {
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly maxEntries: number;
}): ExpiringMap<Key, Value> {
  const madeAtMs = clock.now().getTime();
  const values = new Map<Key, Value>();
  return {
    get(key, now) {
      const value = values.get(key);
      if (value === undefined) return undefined;
      const ageMs = (now ?? clock.now()).getTime() - madeAtMs - value.keptSinceMs;
      // A clock stepped back would make a value immortal.
      return ageMs >= 0 && ageMs < lifetimeMs ? value : undefined;
    },
    last: (key) => values.get(key),
    set(key, value, at) {
      value.keptSinceMs = at.getTime() - madeAtMs;
      values.delete(key);
      values.set(key, value);
      if (values.size <= maxEntries) return;
      const oldest = values.keys().next();
      if (!oldest.done) values.delete(oldest.value);
    },
    delete: (key) => void values.delete(key),
    clear: () => values.clear(),
  };
}
