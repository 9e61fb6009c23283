import type { Migration } from "./migration.js";

/** Makes the schema and the table in which applied migrations are recorded. Safe to repeat. */
export function bookkeepingStatements(schema: string): readonly string[] {
  return [
    `CREATE SCHEMA IF NOT EXISTS ${schema}`,
    `CREATE TABLE IF NOT EXISTS ${schema}.migrations (
  number     integer     PRIMARY KEY,
  name       text        NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)`,
  ];
}

/** Records a migration as applied. Its name is ours: letters and underscores. */
export function recordStatement(schema: string, { number, name }: Migration): string {
  return `INSERT INTO ${schema}.migrations (number, name) VALUES (${number}, '${name}')`;
}
