import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMigratedDatabase } from "../migrated-database.js";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

test("no key text and no signing secret is in any output, log, error, reply or row of a whole run", async () => {
  const { output, planted, known } = await runScenario();
  const rows = await everyRow();
  // The search would find what is there.
  for (const id of known) expect(output).toContain(id);
  expect(rows.length).toBeGreaterThan(5);
  expect(
    disguisesOf("needle-in-the-hay").filter((needle) => hay("needle-in-the-hay").includes(needle)),
  ).toHaveLength(6);

  expect(planted).toHaveLength(3);
  for (const secret of planted) {
    const bytes = Buffer.from(innermost(secret), "base64").toString("hex");
    for (const needle of [...disguisesOf(innermost(secret)), bytes]) {
      expect(output.includes(needle), "in what the process printed").toBe(false);
      expect(rows.filter((row) => row.includes(needle))).toEqual([]);
    }
  }
});

/** A secret without what may be shown of it, and without the end, which a typo changes. */
function innermost(secret: string): string {
  return secret.slice(secret.startsWith("whsec_") ? 6 : 20, -2);
}

/** A text as it is, in hex, in base64 at each of the three places it can begin at, and in base64url. */
function disguisesOf(text: string): readonly string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.from("x".repeat(offset) + text).toString("base64");
    return encoded.slice(offset === 0 ? 0 : 4, -4);
  });
  return [
    text,
    Buffer.from(text).toString("hex"),
    ...base64,
    (base64[0] ?? "").replaceAll("+", "-").replaceAll("/", "_"),
  ];
}

/** Everything that `disguisesOf` should recognise. */
function hay(text: string): string {
  const encoded = [0, 1, 2].map((offset) => Buffer.from(`${"y".repeat(offset)}${text}zz`).toString("base64"));
  return [text, Buffer.from(text).toString("hex"), ...encoded].join(" ");
}

async function runScenario() {
  const child = fork(fileURLToPath(new URL("./scenario-process.ts", import.meta.url)), {
    execArgv: ["--import", "tsx", "-C", "@tenon/source"],
    env: { ...process.env, DATABASE_URL: database.url },
    silent: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  let report: { readonly planted: readonly string[]; readonly known: readonly string[] } | undefined;
  child.on("message", (message: NonNullable<typeof report>) => {
    report = message;
  });
  const [exitCode] = (await once(child, "close")) as [number | null];
  if (report === undefined || exitCode !== 0)
    throw new Error(`the scenario ended with ${exitCode}: ${output}`);
  return { output, ...report };
}

/** Every row of every table of the database that isn't PostgreSQL's own, and the statements last run, as text. */
async function everyRow(): Promise<readonly string[]> {
  const { pool } = database;
  const tables = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'`,
  );
  const rows: string[] = [];
  for (const { name } of tables.rows) {
    const found = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`);
    rows.push(...found.rows.map(({ row }) => row));
  }
  const statements = await pool.query<{ query: string }>("SELECT query FROM pg_stat_activity");
  return [...rows, ...statements.rows.map(({ query }) => query)];
}
