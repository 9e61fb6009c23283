import type { QueryHandle } from "../connect/bound-handle.js";
import { splitAtPlaceholders } from "./placeholders.js";

/** What is needed of a knex transaction on `pg`. */
export interface KnexTransaction {
  raw(text: string, bindings: never): PromiseLike<unknown>;
}

/**
 * Makes a handle for `tenon.within` of a knex transaction.
 * @example
 * await knex.transaction(async (trx) => {
 *   await trx("posts").insert(post);
 *   await tenon.within(fromKnex(trx)).webhooks.publish({ tenantId, type: "post.published", data });
 * });
 */
export function fromKnex(trx: KnexTransaction): QueryHandle {
  return {
    query: async (text, values) => {
      const bindings: unknown[] = [];
      const parts = splitAtPlaceholders(text).map((part) => {
        // knex reads a bare question mark as a placeholder.
        if (typeof part === "string") return part.replaceAll("?", "\\?");
        bindings.push(values[part.index]);
        return "?";
      });
      return trx.raw(parts.join(""), bindings as never);
    },
  };
}
