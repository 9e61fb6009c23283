import pg from "pg";
import { type Child, startChild } from "../measure/child.js";
import { compare, type Row } from "../report/row.js";
import type { BenchServers } from "./bench-server.js";
import { plantFinished } from "./plant-rows.js";
import { percentile } from "./receiver.js";

const PER_SECOND = 50;
/** How long the last events may be on their way. */
const ARRIVAL_LIMIT_MS = 15_000;

/** A publisher and, in another process, what delivers: on one database. */
export interface Relay {
  readonly publisher: Child;
  readonly deliverer: Child;
  readonly databaseUrl: string;
}

interface Latency {
  readonly p50: number;
  readonly p99: number;
  /** The share of what was published that arrived. */
  readonly received: number;
}

export async function startRelay(
  name: "tenon" | "graphile-worker",
  servers: BenchServers,
  options: { readonly hanging?: number } = {},
): Promise<Relay> {
  const databaseUrl = await servers.postgres.createDatabase();
  const env = {
    BENCH_DATABASE_URL: databaseUrl,
    BENCH_RECEIVER_URL: servers.receiver.url,
    ...(options.hanging === undefined ? {} : { BENCH_HANGING: "1" }),
  };
  const deliverer = await startChild(`webhooks/contestants/deliver-${name}`, { env });
  if (options.hanging !== undefined) await deliverer.ask({ fill: options.hanging });
  await deliverer.ask({ start: true });
  const publisher = await startChild(`webhooks/contestants/publish-${name}`, { env });
  return { publisher, deliverer, databaseUrl };
}

/** Publishes at 50 a second, and waits until everything arrived or the time for it is over. */
export async function measureRelay(
  { publisher }: Relay,
  { receiver }: BenchServers,
  count: number,
): Promise<Latency> {
  await receiver.report();
  await publisher.ask({ count, perSecond: PER_SECOND });
  const latenciesMs: number[] = [];
  const endAt = performance.now() + ARRIVAL_LIMIT_MS;
  for (;;) {
    latenciesMs.push(...(await receiver.report()).latenciesMs);
    if (latenciesMs.length >= count || performance.now() > endAt) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  latenciesMs.sort((a, b) => a - b);
  return {
    p50: percentile(latenciesMs, 0.5),
    p99: percentile(latenciesMs, 0.99),
    received: latenciesMs.length / count,
  };
}

/** The same once it is under way: while others had their turn, idle connections were closed and their plans given up. */
async function measureWarm(relay: Relay, servers: BenchServers, count: number): Promise<Latency> {
  await measureRelay(relay, servers, PER_SECOND);
  return measureRelay(relay, servers, count);
}

async function stopRelay({ publisher, deliverer }: Relay): Promise<void> {
  await Promise.all([publisher.stop(), deliverer.stop()]);
}

const ms = { unit: "ms from publish to arrival (less is better)", lessIsBetter: true };

/** Published in a Kysely transaction, delivered by another process. */
export async function measureLatency(
  servers: BenchServers,
  { rounds, count }: { readonly rounds: number; readonly count: number },
): Promise<readonly Row[]> {
  const tenon = await startRelay("tenon", servers);
  const graphile = await startRelay("graphile-worker", servers);
  const ours: Latency[] = [];
  const theirs: Latency[] = [];
  for (let round = 0; round < rounds; round++) {
    const turn = async (relay: Relay, into: Latency[]) => into.push(await measureWarm(relay, servers, count));
    if (round % 2 === 0) await turn(tenon, ours);
    await turn(graphile, theirs);
    if (round % 2 === 1) await turn(tenon, ours);
  }
  await stopRelay(tenon);
  await stopRelay(graphile);
  const what = (share: string) =>
    `publish in a transaction, 50 per second, another process delivers: ${share}`;
  const row = (share: "p50" | "p99", target: number) => [
    compare({
      ...ms,
      what: what(share),
      against: "graphile-worker",
      ours: ours.map((latency) => latency[share]),
      theirs: theirs.map((latency) => latency[share]),
      target: 1,
    }),
    compare({
      ...ms,
      what: what(share),
      against: `${target} ms`,
      ours: ours.map((latency) => latency[share]),
      theirs: ours.map(() => target),
      target: 1,
    }),
  ];
  return [...row("p50", 10), ...row("p99", 30)];
}

/** The same beside an endpoint that hangs until the time limit, with 1,000 due, and without it. */
export async function measureNeighbour(
  servers: BenchServers,
  { rounds, count, hanging }: { readonly rounds: number; readonly count: number; readonly hanging: number },
): Promise<readonly Row[]> {
  const quiet: Latency[] = [];
  const noisy: Latency[] = [];
  for (let round = 0; round < rounds; round++) {
    // Anew in each round, so that the hanging endpoint always begins with all of its backlog due.
    const turns: readonly [readonly Latency[], { readonly hanging?: number }][] = [
      [quiet, {}],
      [noisy, { hanging }],
    ];
    for (const [into, options] of round % 2 === 0 ? turns : [...turns].reverse()) {
      const relay = await startRelay("tenon", servers, options);
      (into as Latency[]).push(await measureWarm(relay, servers, count));
      await stopRelay(relay);
    }
  }
  const lost = noisy.filter(({ received }) => received < 1).length;
  return [
    compare({
      ...ms,
      what: `p99 of 100 healthy endpoints beside one that hangs with ${hanging.toLocaleString("en")} due${lost > 0 ? " (some never arrived)" : ""}`,
      against: "Tenon without the one that hangs",
      ours: noisy.map(({ p99 }) => p99),
      theirs: quiet.map(({ p99 }) => p99),
      target: 1.5,
    }),
  ];
}

/** The same while a transaction is open that began before so many deliveries were finished. */
export async function measureOpenTransaction(
  servers: BenchServers,
  { count, finished }: { readonly count: number; readonly finished: number },
): Promise<readonly Row[]> {
  const relay = await startRelay("tenon", servers);
  await measureRelay(relay, servers, PER_SECOND);
  const holder = new pg.Client({ connectionString: relay.databaseUrl });
  await holder.connect();
  await holder.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
  await holder.query("SELECT count(*) FROM host_posts");
  await plantFinished(relay.databaseUrl, { count: finished, throughQueue: true });
  const latency = await measureWarm(relay, servers, count);
  await holder.query("ROLLBACK");
  await holder.end();
  await stopRelay(relay);
  const what = `a transaction open since before ${finished.toLocaleString("en")} finished deliveries, 50 per second`;
  return [
    compare({
      what: `${what}: received`,
      against: "all",
      unit: "share",
      ours: [latency.received],
      theirs: [1],
      target: 1,
    }),
    compare({
      ...ms,
      what: `${what}: p99`,
      against: "500 ms",
      ours: [latency.p99],
      theirs: [500],
      target: 1,
    }),
  ];
}
