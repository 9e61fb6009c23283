import pg from "pg";
import { type Child, startChild } from "../measure/child.js";
import { compare, type Row } from "../report/row.js";
import type { BenchServers } from "./bench-server.js";
import { deliverInTurns, WARM_UP } from "./throughput.js";

interface Cost {
  /** Bytes of write-ahead log, publishing included: what goes to the disk and to every replica. */
  readonly logBytes: number;
  /** Bytes of tables and indexes once everything is finished and vacuumed. */
  readonly storedBytes: number;
  readonly transactions: number;
}

/** What one delivery of 1 kB writes and leaves behind. */
export async function measureCost(
  servers: BenchServers,
  { count }: { readonly count: number },
): Promise<readonly Row[]> {
  const ours = await costOf("tenon", servers, count);
  const theirs = await costOf("graphile-worker", servers, count);
  const row = (what: string, unit: string, name: keyof Cost) =>
    compare({
      what: `one delivery of 1 kB: ${what}`,
      against: "graphile-worker, one log row per attempt",
      unit: `${unit} (less is better)`,
      ours: [ours[name]],
      theirs: [theirs[name]],
      lessIsBetter: true,
    });
  return [
    row("write-ahead log, publishing included", "bytes", "logBytes"),
    row("left in tables and indexes", "bytes", "storedBytes"),
    row("transactions, publishing included", "transactions", "transactions"),
  ];
}

async function costOf(name: string, servers: BenchServers, count: number): Promise<Cost> {
  const databaseUrl = await servers.postgres.createDatabase();
  const env = { BENCH_DATABASE_URL: databaseUrl, BENCH_RECEIVER_URL: servers.receiver.url, BENCH_LOG: "1" };
  const child: Child = await startChild(`webhooks/contestants/deliver-${name}`, { env });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const before = await lookAt(client);
    await deliverInTurns({ child }, servers, { rounds: 1, count });
    const after = await lookAt(client);
    const delivered = count + WARM_UP;
    return {
      logBytes: (after.logBytes - before.logBytes) / delivered,
      storedBytes: (after.storedBytes - before.storedBytes) / delivered,
      transactions: (after.transactions - before.transactions) / delivered,
    };
  } finally {
    await client.end();
  }
}

async function lookAt(client: pg.Client): Promise<Cost> {
  await client.query("VACUUM");
  // Each process tells its counts when it has nothing to do, at the latest after a second.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { rows } = await client.query<Record<keyof Cost, string>>(`
    SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS "logBytes",
      (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')) AS "storedBytes",
      (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS transactions`);
  const [row] = rows;
  return {
    logBytes: Number(row?.logBytes),
    storedBytes: Number(row?.storedBytes),
    transactions: Number(row?.transactions),
  };
}
