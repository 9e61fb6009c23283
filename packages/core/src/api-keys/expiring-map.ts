import type { Clock } from "../ports/clock.js";

/** Entries that live for a while, at most so many of them: the oldest make room. */
export interface ExpiringMap<Value> {
  /** @param now the clock's, for who has read it already. */
  get(key: string, now?: Date): Value | undefined;
  /** What was kept last under a key, however long ago. */
  last(key: string): Value | undefined;
  /** Keeps a value for one lifetime from `at` on. */
  set(key: string, value: Value, at: Date): void;
  delete(key: string): void;
  clear(): void;
}

export function createExpiringMap<Value>({
  clock,
  lifetimeMs,
  maxEntries,
}: {
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly maxEntries: number;
}): ExpiringMap<Value> {
  const entries = new Map<string, { readonly value: Value; readonly storedAtMs: number }>();
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
