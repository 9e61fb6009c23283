import { randomBytes } from "node:crypto";
import pg from "pg";

export interface TestDatabase {
  readonly url: string;
  /** Ends what is still connected and removes the database. */
  readonly drop: () => Promise<void>;
}

/**
 * Creates an empty database on the tests' server, which `inject("postgres").url` names.
 * With `template`, a copy of that database: it must have no connections.
 */
export async function createTestDatabase(
  serverUrl: string,
  options: { readonly template?: string } = {},
): Promise<TestDatabase> {
  const name = `tenon_test_${randomBytes(8).toString("hex")}`;
  const template = options.template ?? "template1";
  await runOnServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${pg.escapeIdentifier(template)}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => runOnServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function runOnServer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
