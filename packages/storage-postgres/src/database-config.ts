import { ConfigError, type InputProblem } from "@tenon/core/errors";
import type { Connector, WaitLimits } from "./connect/connection.js";
import { connectKysely, type KyselyInstance } from "./connect/kysely.js";
import { connectPool, type PgPool } from "./connect/pg-pool.js";
import { connectPGlite, type PGliteInstance } from "./connect/pglite.js";
import { repeatClashes } from "./connect/repeat-clashes.js";

/** The host's way into its database: exactly one of `pool`, `pglite` and `kysely`. */
export interface DatabaseConfig {
  /** A `pg` pool. Listen to its `error` event, as `pg` asks: idle connections report there. */
  readonly pool?: PgPool;
  /** A PGlite instance: PostgreSQL embedded in this process. */
  readonly pglite?: PGliteInstance;
  /** A Kysely whose dialect speaks to PostgreSQL. Its plugins are left aside. On PGlite use `pgliteDialect`. */
  readonly kysely?: KyselyInstance;
  /** The schema that holds Tenon's tables: a plain name, at most 63 characters. Default `tenon`. */
  readonly schema?: string;
}

/** Apart from the host's own tables, under a name that says whose they are. */
export const DEFAULT_SCHEMA = "tenon";

const SCHEMA_PATTERN = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** The config of a storage, which alone sends the same statements often. */
export interface StatementConfig extends DatabaseConfig {
  /**
   * Whether connections of `pool` keep statements prepared, under names of Tenon's own: PostgreSQL then plans each one
   * once instead of every time. Default false. Only for a pool that reaches PostgreSQL itself, or a pooler in session
   * mode: behind one in transaction mode, statements would fail under load.
   */
  readonly preparedStatements?: boolean;
}

/** Connects as configured. Sends nothing yet. */
export function openDatabase(
  config: StatementConfig,
  limits: WaitLimits,
): { readonly connector: Connector; readonly schema: string } {
  const problems = [...databaseProblems(config), ...limitProblems(limits)];
  if (problems.length > 0) throw new ConfigError(problems);
  return { connector: repeatClashes(connect(config, limits)), schema: config.schema ?? DEFAULT_SCHEMA };
}

/** @throws {ConfigError} */
export function checkSchema(schema: unknown): void {
  const problems = schemaProblems(schema);
  if (problems.length > 0) throw new ConfigError(problems);
}

function connect(
  { pool, pglite, kysely, preparedStatements = false }: StatementConfig,
  limits: WaitLimits,
): Connector {
  if (pool !== undefined) return connectPool(pool, { ...limits, preparedStatements });
  if (pglite !== undefined) return connectPGlite(pglite, limits);
  return connectKysely(kysely as KyselyInstance, limits);
}

function databaseProblems(config: DatabaseConfig): readonly InputProblem[] {
  if (typeof config !== "object" || config === null) return [{ pointer: "", message: "must be an object" }];
  const { pool, pglite, kysely, schema, listen, preparedStatements } = config as Readonly<
    Record<string, unknown>
  >;
  const given = [pool, pglite, kysely].filter((one) => one !== undefined);
  const problems: InputProblem[] = [];
  if (given.length !== 1)
    problems.push({ pointer: "", message: "must have exactly one of pool, pglite and kysely" });
  if (pool !== undefined && (!has(pool, "connect") || has(pool, "release")))
    problems.push({ pointer: "/pool", message: "must be a pg Pool (a client serves tenon.within)" });
  if (pglite !== undefined && !(has(pglite, "transaction") && has(pglite, "query")))
    problems.push({ pointer: "/pglite", message: "must be a PGlite instance" });
  if (kysely !== undefined && (!has(kysely, "executeQuery") || !has(kysely, "connection")))
    problems.push({ pointer: "/kysely", message: "must be a Kysely instance" });
  else if (kysely !== undefined && (kysely as KyselyInstance).isTransaction)
    problems.push({ pointer: "/kysely", message: "is a transaction: those are for tenon.within" });
  if (listen !== undefined && (typeof listen !== "function" || pglite !== undefined))
    problems.push({
      pointer: "/listen",
      message: "must be a function that makes a pg client; PGlite needs none",
    });
  if (preparedStatements !== undefined && (typeof preparedStatements !== "boolean" || pool === undefined))
    problems.push({ pointer: "/preparedStatements", message: "must be true or false, and goes with a pool" });
  return [...problems, ...(schema === undefined ? [] : schemaProblems(schema))];
}

function schemaProblems(schema: unknown): readonly InputProblem[] {
  if (typeof schema === "string" && SCHEMA_PATTERN.test(schema)) return [];
  return [
    { pointer: "/schema", message: "must be letters, digits and _, at most 63, and not begin with a digit" },
  ];
}

function limitProblems(limits: WaitLimits): readonly InputProblem[] {
  return Object.entries(limits)
    .filter(
      ([, value]: [string, unknown]) =>
        !(Number.isInteger(value) && Number(value) > 0 && Number(value) < 2 ** 31),
    )
    .map(([name]) => ({ pointer: `/${name}`, message: "must be a whole number of milliseconds above 0" }));
}

function has(value: unknown, method: string): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, method) === "function";
}
