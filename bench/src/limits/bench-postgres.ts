import { randomBytes } from "node:crypto";
import pg from "pg";
import { findPostgres } from "../../../scripts/test-postgres.js";

/** The PostgreSQL of a bench. */
export interface BenchPostgres {
  /** For the report: version, where it came from, and how it writes. */
  readonly description: string;
  /** One of its processes. */
  readonly pid: number;
  /** Makes a database of its own for one contestant and returns its address. */
  createDatabase(): Promise<string>;
  /**
   * Removes the databases made so far and writes to the disk what is due: what the server would do about them later must
   * not fall into what is measured next.
   */
  clear(): Promise<void>;
  /** Removes the databases, and the server if it was started here. */
  stop(): Promise<void>;
}

/** The server named by `TENON_BENCH_POSTGRES_URL`, else one started as the tests do, but with fsync on. */
export async function openBenchPostgres(): Promise<BenchPostgres> {
  const given = process.env.TENON_BENCH_POSTGRES_URL;
  const server = given ? { url: given, stop: async () => {} } : await findPostgres({ durable: true });
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  const databases: string[] = [];
  const { rows } = await admin.query(
    "SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit, pg_backend_pid() AS pid",
  );
  const { version, fsync, commit, pid } = rows[0];
  const dropDatabases = async () => {
    for (const name of databases.splice(0)) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  return {
    description: `PostgreSQL ${version}, fsync ${fsync}, synchronous_commit ${commit}`,
    pid,
    async createDatabase() {
      const name = `tenon_bench_${randomBytes(6).toString("hex")}`;
      await admin.query(`CREATE DATABASE ${name}`);
      databases.push(name);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    async clear() {
      await dropDatabases();
      await admin.query("CHECKPOINT");
    },
    async stop() {
      await dropDatabases();
      await admin.end();
      await server.stop();
    },
  };
}
