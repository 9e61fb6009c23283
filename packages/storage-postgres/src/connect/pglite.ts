import type { Connector, Parameter, WaitLimits } from "./connection.js";
import { type Abandon, enterWithin } from "./limits.js";

/** What is needed of a transaction of PGlite's. */
export interface PGliteTransaction {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** What is needed of a PGlite instance (embedded PostgreSQL: one connection for the whole process). */
export interface PGliteInstance {
  transaction<T>(work: (transaction: PGliteTransaction) => Promise<T>): Promise<T>;
  /** Calls back with the payload of each notification; the answer ends it. */
  listen?(channel: string, tell: (payload: string) => void): Promise<() => Promise<void>>;
}

/**
 * A connector on PGlite. Every call enters through `pglite.transaction`, so it waits for an open transaction
 * of the host's instead of slipping into it.
 */
export function connectPGlite(pglite: PGliteInstance, { acquireTimeoutMs }: WaitLimits): Connector {
  const enter = <T>(work: (transaction: PGliteTransaction, abandon: Abandon) => Promise<T>) =>
    enterWithin({
      limitMs: acquireTimeoutMs,
      complaint: `PGlite was busy with another transaction for ${acquireTimeoutMs} ms, and it has one connection; inside a transaction use tenon.within(tx)`,
      enter: (inside: (transaction: PGliteTransaction) => Promise<void>) => pglite.transaction(inside),
      work,
    });
  return {
    query: (text, values) => enter((transaction) => queryOn(transaction, text, values)),
    transaction: (work) =>
      enter((transaction) => work({ query: (text, values) => queryOn(transaction, text, values) })),
  };
}

async function queryOn(transaction: PGliteTransaction, text: string, values: readonly Parameter[]) {
  const { rows } = await transaction.query(text, [...values]);
  return rows;
}
