import type { PGliteInstance, PGliteTransaction } from "../connect/pglite.js";

/** A transaction of PGlite's that stays open until somebody ends it. */
export interface HeldTransaction {
  readonly transaction: PGliteTransaction;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** What makes `pglite.transaction` roll back; never seen outside. */
const ROLLBACK = Symbol("rollback");

/**
 * Enters `pglite.transaction` and stays there: the callback's promise is settled by `commit` or `rollback`.
 * Resolves once it is this transaction's turn.
 */
export function holdTransaction(pglite: PGliteInstance): Promise<HeldTransaction> {
  return new Promise((resolve, reject) => {
    const ended = pglite.transaction(
      (transaction) =>
        new Promise<void>((commit, rollback) => {
          resolve({
            transaction,
            commit: async () => {
              commit();
              await ended;
            },
            rollback: async () => {
              rollback(ROLLBACK);
              await ended.catch((error: unknown) => {
                if (error !== ROLLBACK) throw error;
              });
            },
          });
        }),
    );
    ended.catch(reject);
  });
}
