import pg from "pg";
import { type BenchPostgres, openBenchPostgres } from "../limits/bench-postgres.js";
import { postgresCpuMs } from "./postgres-cpu.js";
import { type Receiver, startReceiver } from "./receiver.js";

/** PostgreSQL and a receiver, which all contestants share. */
export interface BenchServers {
  readonly postgres: BenchPostgres;
  readonly receiver: Receiver;
  /** What PostgreSQL has used of the CPU so far; 0 where that can't be known. */
  cpuMs(): number;
  stop(): Promise<void>;
}

export async function startServers(): Promise<BenchServers> {
  const postgres = await openBenchPostgres();
  const receiver = await startReceiver();
  const watcher = new pg.Client({ connectionString: await postgres.createDatabase() });
  await watcher.connect();
  const { rows } = await watcher.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const pid = rows[0]?.pid ?? 0;
  return {
    postgres,
    receiver,
    cpuMs: () => postgresCpuMs(pid) ?? 0,
    async stop() {
      await watcher.end();
      await receiver.stop();
      await postgres.stop();
    },
  };
}
