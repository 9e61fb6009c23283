import { startChild } from "../measure/child.js";
import { callsPerSecond } from "../measure/slice.js";
import { compare, type Row } from "../report/row.js";
import type { BenchServers } from "./bench-server.js";
import { explainClaim } from "./explain-claim.js";
import { plantFinished, plantWaiting } from "./plant-rows.js";
import { cpuPerDelivery, deliverInTurns } from "./throughput.js";

/** Deliveries beside as many finished and as many future ones, and what a claim reads there. */
export async function measureBacklog(
  servers: BenchServers,
  size: { readonly rounds: number; readonly count: number; readonly planted: number },
): Promise<readonly Row[]> {
  const { postgres, receiver } = servers;
  const start = (databaseUrl: string) =>
    startChild("webhooks/contestants/deliver-tenon", {
      env: { BENCH_DATABASE_URL: databaseUrl, BENCH_RECEIVER_URL: receiver.url },
    });
  const [fullUrl, emptyUrl] = [await postgres.createDatabase(), await postgres.createDatabase()];
  const full = await start(fullUrl);
  await plantFinished(fullUrl, { count: size.planted, throughQueue: false });
  await plantWaiting(fullUrl, { count: size.planted, ready: false });
  const slices = await deliverInTurns({ full, empty: await start(emptyUrl) }, servers, size);
  const filler = await start(fullUrl);
  await filler.ask({ fill: 1000 });
  await filler.stop();
  const { batch, queueRows, pages } = await explainClaim(fullUrl);
  const planted = size.planted.toLocaleString("en");
  const what = `beside ${planted} finished and ${planted} future deliveries`;
  return [
    compare({
      what: `deliveries ${what}`,
      against: "Tenon with empty tables",
      unit: "deliveries per second",
      ours: slices.full.map(callsPerSecond),
      theirs: slices.empty.map(callsPerSecond),
      target: 0.85,
    }),
    compare({
      what: `CPU ${what}`,
      against: "Tenon with empty tables",
      unit: "µs of CPU per delivery, worker and PostgreSQL (less is better)",
      ours: slices.full.map(cpuPerDelivery),
      theirs: slices.empty.map(cpuPerDelivery),
      lessIsBetter: true,
    }),
    compare({
      what: `rows of the queue that a claim reads ${what}, in ${pages} pages`,
      against: "the deliveries it takes",
      unit: "rows (less is better)",
      ours: [queueRows],
      theirs: [batch],
      lessIsBetter: true,
    }),
  ];
}
