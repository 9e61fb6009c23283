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
  return {
    postgres,
    receiver,
    cpuMs: () => postgresCpuMs(postgres.pid) ?? 0,
    async stop() {
      await receiver.stop();
      await postgres.stop();
    },
  };
}
