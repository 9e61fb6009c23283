import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
} from "kysely";
import type { Parameter } from "../connect/connection.js";

/** Text with `$1` … placeholders, and the parameters they stand for. */
export interface CompiledStatement {
  readonly text: string;
  readonly values: readonly Parameter[];
}

/** Kysely as a compiler alone: it has no connection and no plugins. */
const compiler = new Kysely<Record<never, never>>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

export function compileStatement(statement: RawBuilder<unknown>): CompiledStatement {
  const { sql, parameters } = statement.compile(compiler);
  return { text: sql, values: parameters as readonly Parameter[] };
}
