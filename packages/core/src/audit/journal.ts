import type { Storage } from "../ports/storage.js";
import type { Mutation } from "./mutation.js";

/** Where changes are written down. */
export interface Journal {
  /**
   * Writes down what was changed, in the transaction that changed it. What it returns is called once that transaction
   * is over, or, in the host's, before it is.
   */
  write(stores: Storage, mutations: readonly Mutation[]): Promise<() => void>;
}

/** Makes changes and writes them down in one transaction: both happen, or neither. */
export async function journaled<Result>(
  storage: Storage,
  journal: Journal,
  change: (stores: Storage) => Promise<{ readonly result: Result; readonly mutations: readonly Mutation[] }>,
): Promise<Result> {
  const { result, tell } = await storage.transaction(async (handle) => {
    const stores = storage.bind(handle);
    const { result, mutations } = await change(stores);
    return { result, tell: mutations.length === 0 ? undefined : await journal.write(stores, mutations) };
  });
  tell?.();
  return result;
}
