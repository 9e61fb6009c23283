import { StorageError } from "@tenon/core/errors";
import type { StorageCheck } from "@tenon/core/ports";
import { quoteIdentifier } from "../sql/quote-identifier.js";
import { sql } from "../sql/sql.js";
import type { StoreContext } from "../stores/store-context.js";
import { ALL_MIGRATIONS } from "./all-migrations.js";

/**
 * Whether the database takes writes, and which migrations of this release it lacks. One that has more than this release
 * knows is fine: releases work on the schema of the next.
 * @throws {StorageError} when it can't be reached, or is read-only: a standby, say.
 */
export async function checkDatabase({
  session,
  schema,
}: Pick<StoreContext, "session" | "schema">): Promise<StorageCheck> {
  const [state] = await session.records<{ readonly readOnly: boolean; readonly hasBookkeeping: boolean }>(
    "check",
    sql`SELECT json_build_object(
      'readOnly', current_setting('transaction_read_only') = 'on',
      'hasBookkeeping', to_regclass(${`${quoteIdentifier(schema)}.migrations`}::text) IS NOT NULL
    )::text AS record`,
  );
  if (state?.readOnly) {
    throw new StorageError("STORAGE_UNAVAILABLE", "check failed: the database is read-only at the moment", {
      operation: "check",
      retryable: true,
    });
  }
  const applied = state?.hasBookkeeping ? await readNumbers(session, schema) : new Set<number>();
  const pending = ALL_MIGRATIONS.filter(({ number }) => !applied.has(number));
  return {
    pendingMigrations: pending.map(({ number, name }) => `${String(number).padStart(4, "0")} ${name}`),
  };
}

async function readNumbers(session: StoreContext["session"], schema: string): Promise<ReadonlySet<number>> {
  const rows = await session.records<{ readonly number: number }>(
    "check",
    sql`SELECT json_build_object('number', number)::text AS record FROM ${sql.id(schema, "migrations")}`,
  );
  return new Set(rows.map(({ number }) => number));
}
