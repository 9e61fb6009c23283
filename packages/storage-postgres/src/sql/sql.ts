import type { Parameter } from "../connect/connection.js";
import { quoteIdentifier } from "./quote-identifier.js";

/** What no caller's JSON can hold: else an object that came in for a text could pass for SQL. */
const isWritten: unique symbol = Symbol("sql");

/** A statement or a piece of one: texts, and what stands between each and the next, a parameter or another piece. */
export interface Sql {
  readonly [isWritten]: true;
  readonly texts: readonly string[];
  readonly between: readonly (Parameter | Sql)[];
}

/**
 * Writes SQL as a template: what is put in is a parameter, and never becomes text, or a piece written in the same way.
 * @example
 * sql`SELECT id FROM ${sql.id("tenon", "messages")} WHERE tenant_id = ${tenantId}`
 */
export const sql = Object.assign(
  (texts: readonly string[], ...between: readonly (Parameter | Sql)[]): Sql => piece(texts, between),
  {
    /** An identifier, qualified by those before it. */
    id: (...names: readonly string[]): Sql => piece([names.map(quoteIdentifier).join(".")], []),
    /** A number of ours that the planner shall see. */
    lit: (value: number): Sql => piece([String(value)], []),
    /** Pieces in a row. */
    join: (pieces: readonly Sql[], separator = ", "): Sql =>
      piece(rowTexts(pieces.length, separator), pieces),
  },
);

/** The same array for the same row, as a template has the same one for each run. */
function rowTexts(count: number, separator: string): readonly string[] {
  const name = `${count}${separator}`;
  const known = textsOfRows.get(name);
  if (known !== undefined) return known;
  const texts = count === 0 ? [""] : ["", ...Array.from({ length: count - 1 }, () => separator), ""];
  if (textsOfRows.size < MOST_ROWS) textsOfRows.set(name, texts);
  return texts;
}

const textsOfRows = new Map<string, readonly string[]>();
const MOST_ROWS = 200;

function piece(texts: readonly string[], between: readonly (Parameter | Sql)[]): Sql {
  return { [isWritten]: true, texts, between };
}

/** Whether it was written here, and isn't a parameter. */
export function isSql(part: Parameter | Sql): part is Sql {
  return typeof part === "object" && part !== null && isWritten in part;
}
