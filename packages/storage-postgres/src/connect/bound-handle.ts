import { ConfigError } from "@tenon/core/errors";
import type { Connection } from "./connection.js";
import { type KyselyExecutor, kyselyConnection } from "./kysely.js";

/**
 * An open transaction, reduced to one function. Parameters are text, placeholders are `$1`, `$2` …; the answer is
 * the rows, alone or as `{ rows }`. A `pg` client has this shape already.
 */
export interface QueryHandle {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/**
 * Makes a connection of the host's open transaction.
 * @throws {ConfigError} for anything that isn't one: a pool, PGlite and Kysely itself would each run our statements
 *   outside of it.
 */
export function bindHandle(handle: unknown): Connection {
  const candidate: Partial<Record<string, unknown>> =
    typeof handle === "object" && handle !== null ? (handle as Partial<Record<string, unknown>>) : {};
  if (typeof candidate.executeQuery === "function" && "isTransaction" in candidate) {
    if (candidate.isTransaction !== true)
      refuse("is a Kysely outside of a transaction: pass the `trx` of its transaction()");
    return kyselyConnection(handle as KyselyExecutor);
  }
  if (typeof candidate.query !== "function")
    refuse(
      "must be a Kysely Transaction, a pg client or { query(text, values) }; see fromDrizzle, fromKnex, fromPostgresJs and fromPrisma",
    );
  if ("totalCount" in candidate || "idleCount" in candidate)
    refuse(
      "is a pool, which gives each statement another connection: pass the client that runs your transaction",
    );
  if (typeof candidate.transaction === "function" || typeof candidate.begin === "function")
    refuse("is a database, not a transaction: pass what its transaction callback receives");
  return queryConnection(handle as QueryHandle);
}

function queryConnection(handle: QueryHandle): Connection {
  return {
    query: async (text, values) => {
      const answer = await handle.query(text, [...values]);
      const rows: unknown = Array.isArray(answer)
        ? answer
        : (answer as { readonly rows?: unknown } | undefined)?.rows;
      if (!Array.isArray(rows)) throw new TypeError("query() must resolve to the rows, or to { rows }");
      return rows;
    },
  };
}

function refuse(message: string): never {
  throw new ConfigError([{ pointer: "/transaction", message }]);
}
