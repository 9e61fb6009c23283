import { type Sql, sql } from "./sql.js";

/** Turns a query into one text column, `record`: each row as a JSON object. Keeps the query's order. */
export function asRecords(query: Sql): Sql {
  return sql`SELECT row_to_json(r)::text AS record FROM (${query}) r`;
}

/**
 * The same for the rows that a data-modifying statement returns. `perRow` is a function call that runs once for each
 * of them, which it finds as `changed`.
 */
export function returnedAsRecords(change: Sql, perRow?: Sql): Sql {
  const from = perRow === undefined ? sql`changed` : sql`changed, ${perRow}`;
  return sql`WITH changed AS (${change}) SELECT row_to_json(changed)::text AS record FROM ${from}`;
}

/** A timestamp as JSON shows it, decoded. Microseconds are cut. */
export function toDate(text: string): Date {
  return new Date(text);
}

export function toOptionalDate(text: string | null): Date | undefined {
  return text === null ? undefined : new Date(text);
}
