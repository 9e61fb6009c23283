import type { QueryHandle } from "../connect/bound-handle.js";

/** What is needed of the `sql` that postgres.js hands to `sql.begin`. */
export interface PostgresJsTransaction {
  unsafe(text: string, values: never): PromiseLike<unknown>;
}

/**
 * Makes a handle for `tenon.within` of a postgres.js transaction: the `sql` of its callback, not the outer one.
 * @example
 * await sql.begin(async (tx) => {
 *   await tx`INSERT INTO posts ${tx(post)}`;
 *   await tenon.within(fromPostgresJs(tx)).webhooks.publish({ tenantId, type: "post.published", data });
 * });
 */
export function fromPostgresJs(tx: PostgresJsTransaction): QueryHandle {
  return { query: async (text, values) => tx.unsafe(text, values as never) };
}
