import type { QueryHandle } from "../connect/bound-handle.js";
import { splitAtPlaceholders } from "./placeholders.js";

/** What is needed of a drizzle transaction, on node-postgres, postgres.js or PGlite. */
export interface DrizzleTransaction {
  execute(query: never): PromiseLike<unknown>;
}

/** What is needed of drizzle's `sql`. */
export interface DrizzleSql {
  raw(text: string): unknown;
  param(value: unknown): unknown;
  join(chunks: never[]): unknown;
}

/**
 * Makes a handle for `tenon.within` of a drizzle transaction.
 * @param sql drizzle's own `sql`, imported by the host: statements must be made by the same copy of drizzle.
 * @example
 * await db.transaction(async (tx) => {
 *   await tx.insert(posts).values(post);
 *   await tenon.within(fromDrizzle(tx, sql)).webhooks.publish({ tenantId, type: "post.published", data });
 * });
 */
export function fromDrizzle(tx: DrizzleTransaction, sql: DrizzleSql): QueryHandle {
  return {
    query: async (text, values) => {
      const chunks = splitAtPlaceholders(text).map((part) =>
        typeof part === "string" ? sql.raw(part) : sql.param(values[part.index]),
      );
      return tx.execute(sql.join(chunks as never[]) as never);
    },
  };
}
