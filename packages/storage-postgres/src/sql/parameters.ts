import { type Sql, sql } from "./sql.js";

// Each travels as text and is cast here. A driver that asks the server for the parameter's type finds text, and so
// serialises nothing itself (postgres.js, for one, would turn JSON text into a JSON string).

export function text(value: string | undefined): Sql {
  return sql`${value ?? null}::text`;
}

export function uuid(value: string | undefined): Sql {
  return sql`${value ?? null}::text::uuid`;
}

export function integer(value: number | undefined): Sql {
  return sql`${value === undefined ? null : String(Math.trunc(value))}::text::bigint`;
}

export function float(value: number | undefined): Sql {
  return sql`${value === undefined ? null : String(value)}::text::float8`;
}

export function instant(value: Date | undefined): Sql {
  return sql`${value?.toISOString() ?? null}::text::timestamptz`;
}

/** The given instant, or the moment the statement reached the database. */
export function now(value: Date | undefined): Sql {
  return sql`coalesce(${instant(value)}, statement_timestamp())`;
}

export function jsonb(value: unknown): Sql {
  return sql`${value === undefined ? null : JSON.stringify(value)}::text::jsonb`;
}

/** An array of texts. */
export function texts(values: readonly string[]): Sql {
  return sql`${`{${values.map(quoteElement).join(",")}}`}::text::text[]`;
}

function quoteElement(value: string): string {
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** Rows for `json_to_recordset`, or texts: any number of them in one parameter. */
export function jsonRows(rows: readonly (object | string)[]): Sql {
  return sql`${JSON.stringify(rows)}::text::json`;
}
