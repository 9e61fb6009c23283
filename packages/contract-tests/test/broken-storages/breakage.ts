import type { Storage, Stores } from "@tenon/core/ports";

/** One promise taken out of a good storage. */
export interface Breakage {
  /** The case that must catch it; others may as well. */
  readonly caughtBy: string;
  readonly breakIt: (good: Storage) => Storage;
}

/** Breakages by what is then wrong, in words. */
export type Breakages = Readonly<Record<string, Breakage>>;

/** Changes stores of a storage, and of every storage bound from it. */
export function withStores(good: Storage, change: (stores: Storage) => Partial<Stores>): Storage {
  return { ...good, ...change(good), bind: (handle) => withStores(good.bind(handle), change) };
}
