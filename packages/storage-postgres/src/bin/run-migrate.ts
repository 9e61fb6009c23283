import { parseArgs } from "node:util";
import { isTenonError } from "@tenon/core/errors";
import type { PgPool } from "../connect/pg-pool.js";
import { type MigrationStatus, migrate, migrationSql, migrationStatus } from "../migrations/migrate.js";

const HELP = `tenon-migrate: brings Tenon's tables in PostgreSQL up to date

  tenon-migrate up          apply what is pending
  tenon-migrate status      list the migrations and when each was applied
  tenon-migrate --sql       print the migrations as SQL, for a migration tool of your own

  --schema <name>           the schema that holds the tables (default: tenon)
  --from <number>           with --sql: the first migration to print (default: 1)
  --help                    show this

up and status connect to DATABASE_URL, and need the package "pg".
`;

/** The program's surroundings: everything it reads and writes. */
export interface MigrateProgram {
  readonly args: readonly string[];
  readonly databaseUrl: string | undefined;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

type Pool = PgPool & { end(): Promise<void> };

/** Runs `tenon-migrate` and returns its exit code: 0 done, 1 failed, 2 called wrongly. */
export async function runMigrate(program: MigrateProgram): Promise<number> {
  const { print, complain, databaseUrl } = program;
  const options = readOptions(program.args);
  if (options === undefined) {
    complain(HELP);
    return 2;
  }
  if (options.help) {
    print(HELP);
    return 0;
  }
  const { command, schema } = options;
  try {
    if (command === "sql") {
      print(migrationSql({ schema, from: options.from }));
      return 0;
    }
    if (!databaseUrl) {
      complain("DATABASE_URL is not set: it says which database to connect to\n");
      return 2;
    }
    const pool = await openPool(databaseUrl);
    if (pool === undefined) {
      complain('The package "pg" is not installed: add it, or use --sql\n');
      return 1;
    }
    try {
      const statuses = await (command === "up" ? migrate : migrationStatus)({ pool, schema });
      print(command === "up" ? describeApplied(statuses) : statuses.map(describeStatus).join(""));
      return 0;
    } finally {
      await pool.end();
    }
  } catch (error) {
    complain(`${describeError(error, databaseUrl)}\n`);
    return 1;
  }
}

function readOptions(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        sql: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        schema: { type: "string", default: "tenon" },
        from: { type: "string", default: "1" },
      },
    });
    const commands = [...positionals, ...(values.sql ? ["sql"] : [])];
    const [command] = commands;
    const from = Number(values.from);
    const understood =
      commands.length === 1 && /^(sql|up|status)$/.test(command ?? "") && Number.isInteger(from);
    if (!values.help && !understood) return undefined;
    return { help: values.help, command, schema: values.schema, from };
  } catch {
    return undefined;
  }
}

async function openPool(connectionString: string): Promise<Pool | undefined> {
  const loaded: unknown = await import("pg").catch(() => undefined);
  if (loaded === undefined) return undefined;
  const { default: pg } = loaded as { readonly default: { readonly Pool: new (config: object) => Pool } };
  const pool = new pg.Pool({ connectionString, max: 1 });
  (pool as unknown as { on(event: "error", listener: () => void): void }).on("error", () => {});
  return pool;
}

function describeApplied(applied: readonly MigrationStatus[]): string {
  return applied.length === 0
    ? "Nothing to do: the schema is up to date\n"
    : applied.map(describeStatus).join("");
}

function describeStatus({ number, name, appliedAt }: MigrationStatus): string {
  const when = appliedAt === undefined ? "pending" : `applied ${appliedAt.toISOString()}`;
  return `${String(number).padStart(4, "0")} ${name}  ${when}\n`;
}

/** What went wrong and why, without the password that the URL may hold. */
function describeError(error: unknown, databaseUrl: string | undefined): string {
  if (!isTenonError(error)) return "tenon-migrate failed: is DATABASE_URL a PostgreSQL URL?";
  const reasons = [error.message];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) reasons.push(cause.message);
  const text = [...new Set(reasons)].join(": ");
  return passwordsOf(databaseUrl).reduce((shown, password) => shown.replaceAll(password, "***"), text);
}

/** As written and as meant; nothing for a URL without one. */
function passwordsOf(databaseUrl: string | undefined): readonly string[] {
  const written = /^[^:]+:\/\/[^:@/]*:([^@]*)@/.exec(databaseUrl ?? "")?.[1] ?? "";
  let meant = written;
  try {
    meant = decodeURIComponent(written);
  } catch {
    // Not percent-encoded: then both are the same.
  }
  return [databaseUrl ?? "", written, meant].filter((text) => text !== "");
}
