import { type Child, startChild } from "../measure/child.js";
import { callsPerSecond, type Slice } from "../measure/slice.js";
import { compare, type Row } from "../report/row.js";
import type { BenchServers } from "./bench-server.js";

/** A slice, with what PostgreSQL used meanwhile. */
export interface DeliverySlice extends Slice {
  readonly postgresCpuMs: number;
}

/** Deliveries that each contestant makes first, which are not measured. */
export const WARM_UP = 500;

/** Starts a contestant on a database of its own. */
export async function startDeliverer(
  name: string,
  servers: BenchServers,
  env: Readonly<Record<string, string>> = {},
): Promise<Child> {
  return startChild(`webhooks/contestants/deliver-${name}`, {
    env: {
      BENCH_DATABASE_URL: await servers.postgres.createDatabase(),
      BENCH_RECEIVER_URL: servers.receiver.url,
      ...env,
    },
    execArgv: ["--expose-gc"],
  });
}

/** Lets contestants deliver the same number in turns, each from a queue that was filled before. Stops them. */
export async function deliverInTurns<Name extends string>(
  contestants: Readonly<Record<Name, Child>>,
  servers: BenchServers,
  { rounds, count }: { readonly rounds: number; readonly count: number },
): Promise<Readonly<Record<Name, readonly DeliverySlice[]>>> {
  const names = Object.keys(contestants) as Name[];
  const slices = Object.fromEntries(names.map((name) => [name, [] as DeliverySlice[]])) as unknown as Record<
    Name,
    DeliverySlice[]
  >;
  const deliver = async (name: Name, size: number) => {
    await contestants[name].ask({ fill: size });
    await servers.receiver.report();
    const cpuBeforeMs = servers.cpuMs();
    const slice = (await contestants[name].ask({ deliver: size })) as Slice;
    const postgresCpuMs = servers.cpuMs() - cpuBeforeMs;
    const { count: arrived } = await servers.receiver.report();
    if (arrived < size) throw new Error(`${name} delivered ${arrived} of ${size}`);
    return { ...slice, postgresCpuMs };
  };
  try {
    for (const name of names) await deliver(name, WARM_UP);
    for (let round = 0; round < rounds; round++) {
      const first = round % names.length;
      for (const name of [...names.slice(first), ...names.slice(0, first)]) {
        slices[name].push(await deliver(name, count));
      }
    }
  } finally {
    await Promise.all(names.map((name) => contestants[name].stop()));
  }
  return slices;
}

export function cpuPerDelivery({ calls, cpuMs, postgresCpuMs }: DeliverySlice): number {
  return ((cpuMs + postgresCpuMs) * 1000) / calls;
}

/**
 * Deliveries of 1 kB from end to end, beside job queues that make the same signed POSTs.
 * @param size.fewCount of a queue that is short, where the others are at their fastest: the more waits, the more of it
 *   that is over do they read past.
 */
export async function measureThroughput(
  servers: BenchServers,
  { fewCount, ...size }: { readonly rounds: number; readonly count: number; readonly fewCount: number },
): Promise<readonly Row[]> {
  const many = await deliverInTurns(
    {
      tenon: await startDeliverer("tenon", servers),
      logging: await startDeliverer("graphile-worker", servers, { BENCH_LOG: "1" }),
      batched: await startDeliverer("graphile-worker", servers, { BENCH_LOG: "1", BENCH_BATCHED: "1" }),
      silent: await startDeliverer("graphile-worker", servers),
      boss: await startDeliverer("pg-boss", servers),
      undici: await startDeliverer("undici", servers),
    },
    servers,
    size,
  );
  const few = await deliverInTurns(
    {
      tenon: await startDeliverer("tenon", servers),
      silent: await startDeliverer("graphile-worker", servers),
      boss: await startDeliverer("pg-boss", servers),
    },
    servers,
    { ...size, count: fewCount },
  );
  const one = await deliverInTurns(
    {
      // One endpoint gets a quarter of the slots: 64 requests under way, as many as the others make.
      tenon: await startDeliverer("tenon", servers, { BENCH_ENDPOINTS: "1", BENCH_SLOTS: "256" }),
      logging: await startDeliverer("graphile-worker", servers, { BENCH_ENDPOINTS: "1", BENCH_LOG: "1" }),
    },
    servers,
    { ...size, count: fewCount },
  );
  const cpu = { unit: "µs of CPU per delivery, worker and PostgreSQL (less is better)", lessIsBetter: true };
  const speed = { unit: "deliveries per second" };
  const endpoints = "to 100 endpoints, each attempt logged";
  const toOne = "to one endpoint, 64 requests under way, each attempt logged";
  const ourCpu = many.tenon.map(cpuPerDelivery);
  const ours = many.tenon.map(callsPerSecond);
  return [
    compare({
      ...cpu,
      what: endpoints,
      against: "graphile-worker, one log row per attempt",
      ours: ourCpu,
      theirs: many.logging.map(cpuPerDelivery),
      target: 0.5,
    }),
    compare({
      ...cpu,
      what: endpoints,
      against: "the same with its local queue and batched completion",
      ours: ourCpu,
      theirs: many.batched.map(cpuPerDelivery),
    }),
    compare({
      ...cpu,
      what: "of it in PostgreSQL",
      against: "graphile-worker, one log row per attempt",
      ours: many.tenon.map(({ calls, postgresCpuMs }) => (postgresCpuMs * 1000) / calls),
      theirs: many.logging.map(({ calls, postgresCpuMs }) => (postgresCpuMs * 1000) / calls),
    }),
    compare({
      ...speed,
      what: endpoints,
      against: "graphile-worker, one log row per attempt",
      ours,
      theirs: many.logging.map(callsPerSecond),
      target: 2,
    }),
    compare({
      ...speed,
      what: endpoints,
      against: "the same with its local queue and batched completion",
      ours,
      theirs: many.batched.map(callsPerSecond),
    }),
    compare({
      ...speed,
      what: endpoints,
      against: "the better of graphile-worker and pg-boss, which log none",
      ours,
      theirs: theBetter(many.silent, many.boss),
      target: 1.2,
    }),
    compare({
      ...speed,
      what: `${endpoints}, ${fewCount.toLocaleString("en")} at a time`,
      against: "the better of graphile-worker and pg-boss, which log none",
      ours: few.tenon.map(callsPerSecond),
      theirs: theBetter(few.silent, few.boss),
    }),
    compare({
      ...speed,
      what: endpoints,
      against: "the same POSTs with undici and no queue",
      ours,
      theirs: many.undici.map(callsPerSecond),
    }),
    compare({
      ...speed,
      what: toOne,
      against: "graphile-worker, one log row per attempt",
      ours: one.tenon.map(callsPerSecond),
      theirs: one.logging.map(callsPerSecond),
    }),
  ];
}

/** What the faster of two made a second, round by round. */
function theBetter(some: readonly DeliverySlice[], others: readonly DeliverySlice[]): number[] {
  return some.map((slice, round) => {
    const other = others[round];
    return Math.max(callsPerSecond(slice), other === undefined ? 0 : callsPerSecond(other));
  });
}
