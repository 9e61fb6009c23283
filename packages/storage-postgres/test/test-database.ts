import { randomBytes } from "node:crypto";
import pg from "pg";

export interface TestDatabase {
  readonly url: string;
  /** Removes the database once its last connection has ended; one that stays is ended after PostgreSQL's five seconds. */
  readonly drop: () => Promise<void>;
}

/** What PostgreSQL answers when connections are still there after five seconds. */
const OBJECT_IN_USE = "55006";

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
    drop: () => dropDatabase(serverUrl, name),
  };
}

/** `pool.end()` resolves before its connections are closed: ended by force they would complain to their client. */
async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  try {
    await runOnServer(serverUrl, `DROP DATABASE IF EXISTS ${name}`);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== OBJECT_IN_USE) throw error;
    await runOnServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
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
