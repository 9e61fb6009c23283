import { type Dialect, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import type { PGliteInstance } from "../connect/pglite.js";
import { createPGliteDriver } from "./pglite-driver.js";

/**
 * A Kysely dialect for PGlite whose transactions run inside `pglite.transaction`. PGlite has one connection, so that
 * is what keeps apart the transactions of several Kysely instances and of Tenon on it; a dialect that sends a bare
 * BEGIN lets them commit each other's work. Savepoints (controlled transactions) work too.
 * It doesn't close PGlite: `kysely.destroy()` leaves it to the host.
 * While a transaction is open, queries from outside wait for its end: inside it, use its own `trx` (and
 * `tenon.within(trx)`).
 * @example
 * const db = new Kysely<Database>({ dialect: pgliteDialect(pglite) });
 * const storage = postgresStorage({ pglite });
 */
export function pgliteDialect(pglite: PGliteInstance): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => createPGliteDriver(pglite),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}
