import type { Connection } from "../connect/connection.js";
import { toStorageError } from "../connect/storage-error.js";
import { checkSchema, type DatabaseConfig, DEFAULT_SCHEMA, openDatabase } from "../database-config.js";
import { quoteIdentifier } from "../sql/quote-identifier.js";
import { ALL_MIGRATIONS } from "./all-migrations.js";
import { bookkeepingStatements, recordStatement } from "./bookkeeping.js";

/** A migration, and when it was applied: undefined while it is pending. */
export interface MigrationStatus {
  readonly number: number;
  readonly name: string;
  readonly appliedAt: Date | undefined;
}

/** Building an index takes longer than a query, and so does waiting for another process that builds it. */
const MIGRATION_LIMITS = { acquireTimeoutMs: 60_000, statementTimeoutMs: 60 * 60_000 };

/**
 * Brings the schema up to this release: applies what is pending, all of it or nothing, and returns what it applied.
 * Safe to run again (a no-op) and from several processes at once: one applies, the others wait. The previous release
 * keeps working on the new schema. Nothing is ever migrated unless this, or `tenon-migrate up`, is called.
 * @throws {ConfigError} when the config isn't one.
 * @throws {StorageError} when the database can't be reached or refuses; nothing was changed then.
 * @example
 * await migrate({ pool });
 */
export async function migrate(config: DatabaseConfig): Promise<readonly MigrationStatus[]> {
  const { connector, schema } = openDatabase(config, MIGRATION_LIMITS);
  const quoted = quoteIdentifier(schema);
  try {
    return await connector.transaction(async (connection) => {
      await connection.query("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended($1::text, 0))", [
        `tenon.migrate.${schema}`,
      ]);
      for (const statement of bookkeepingStatements(quoted)) await connection.query(statement, []);
      const applied = new Set((await readApplied(connection, quoted)).map(({ number }) => number));
      const pending = ALL_MIGRATIONS.filter(({ number }) => !applied.has(number));
      for (const migration of pending) {
        for (const statement of migration.statements(quoted)) await connection.query(statement, []);
        await connection.query(recordStatement(quoted, migration), []);
      }
      const now = await readApplied(connection, quoted);
      return now.filter(({ number }) => !applied.has(number));
    });
  } catch (error) {
    throw toStorageError("migrate", error);
  }
}

/**
 * Every migration known to this release or applied to the schema, in order. Reads only.
 * @throws {ConfigError} when the config isn't one.
 * @throws {StorageError} when the database can't be reached.
 */
export async function migrationStatus(config: DatabaseConfig): Promise<readonly MigrationStatus[]> {
  const { connector, schema } = openDatabase(config, MIGRATION_LIMITS);
  const quoted = quoteIdentifier(schema);
  try {
    const table = await connector.query("SELECT to_regclass($1::text)::text AS record", [
      `${quoted}.migrations`,
    ]);
    const exists = (table[0] as { readonly record: string | null } | undefined)?.record !== null;
    const applied = exists ? await readApplied(connector, quoted) : [];
    const known = ALL_MIGRATIONS.map(({ number, name }) => ({ number, name, appliedAt: undefined }));
    const pending = known.filter(({ number }) => !applied.some((one) => one.number === number));
    return [...applied, ...pending].sort((one, other) => one.number - other.number);
  } catch (error) {
    throw toStorageError("migrationStatus", error);
  }
}

/**
 * The migrations as SQL for the host's own migration tool, the bookkeeping included, so that `migrate()` and
 * `migrationStatus()` agree afterwards. Run it in one transaction.
 * @param options.schema default `tenon`.
 * @param options.from the first migration to print; default 1.
 */
export function migrationSql(options: { readonly schema?: string; readonly from?: number } = {}): string {
  const { schema = DEFAULT_SCHEMA, from = 1 } = options;
  checkSchema(schema);
  const quoted = quoteIdentifier(schema);
  const parts = ALL_MIGRATIONS.filter(({ number }) => number >= from).map((migration) => {
    const statements = [...migration.statements(quoted), recordStatement(quoted, migration)];
    return `-- ${String(migration.number).padStart(4, "0")} ${migration.name}\n${statements.join(";\n\n")};\n`;
  });
  return [`${bookkeepingStatements(quoted).join(";\n\n")};\n`, ...parts].join("\n");
}

async function readApplied(connection: Connection, schema: string): Promise<readonly MigrationStatus[]> {
  const rows = await connection.query(
    `SELECT row_to_json(m)::text AS record FROM ${schema}.migrations m ORDER BY number`,
    [],
  );
  return rows.map((row) => {
    const text = (row as { readonly record: string }).record;
    const applied = JSON.parse(text) as {
      readonly number: number;
      readonly name: string;
      readonly applied_at: string;
    };
    return { number: applied.number, name: applied.name, appliedAt: new Date(applied.applied_at) };
  });
}
