import type { Parameter } from "../connect/connection.js";
import { quoteIdentifier } from "./quote-identifier.js";

/** A statement or a piece of one: texts, and what stands between each and the next, a parameter or another piece. */
export interface Sql {
  readonly texts: readonly string[];
  readonly between: readonly (Parameter | Sql)[];
}

/**
 * Writes SQL as a template: what is put in is a parameter, and never becomes text, or a piece written in the same way.
 * @example
 * sql`SELECT id FROM ${sql.id("tenon", "messages")} WHERE tenant_id = ${tenantId}`
 */
export const sql = Object.assign(
  (texts: readonly string[], ...between: readonly (Parameter | Sql)[]): Sql => ({ texts, between }),
  {
    /** An identifier, qualified by those before it. */
    id: (...names: readonly string[]): Sql => ({
      texts: [names.map(quoteIdentifier).join(".")],
      between: [],
    }),
    /** A number of ours that the planner shall see. */
    lit: (value: number): Sql => ({ texts: [String(value)], between: [] }),
    /** Pieces in a row. */
    join: (pieces: readonly Sql[], separator = ", "): Sql => ({
      texts: ["", ...pieces.slice(1).map(() => separator), ...(pieces.length === 0 ? [] : [""])],
      between: pieces,
    }),
  },
);
