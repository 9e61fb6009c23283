import type { Row } from "../report/row.js";
import { measureBacklog } from "./backlog.js";
import { startServers } from "./bench-server.js";
import { measureCost } from "./cost.js";
import { measureLatency, measureNeighbour, measureOpenTransaction } from "./latency.js";
import { measureMemory } from "./runner-memory.js";
import { measureSigning } from "./signing.js";
import { measureThroughput } from "./throughput.js";

const MILLION = 1_000_000;

/** Numbers of a size that says something, and such that only show that everything runs. */
const FULL = {
  signingRounds: 15,
  throughput: { rounds: 3, count: 20_000, fewCount: 5_000 },
  cost: { count: 10_000 },
  latency: { rounds: 7, count: 500 },
  neighbour: { rounds: 7, count: 500, hanging: 1_000 },
  backlog: { rounds: 4, count: 5_000, planted: MILLION },
  openTransaction: { count: 1_500, finished: 200_000 },
  memory: { pending: MILLION },
};
const QUICK: typeof FULL = {
  signingRounds: 1,
  throughput: { rounds: 1, count: 1_000, fewCount: 500 },
  cost: { count: 1_000 },
  latency: { rounds: 1, count: 100 },
  neighbour: { rounds: 1, count: 100, hanging: 100 },
  backlog: { rounds: 1, count: 1_000, planted: 20_000 },
  openTransaction: { count: 100, finished: 10_000 },
  memory: { pending: 20_000 },
};

/** How fast webhooks are signed, delivered and seen by partners, and what stands in the way. */
export async function measureWebhooks({
  isQuick,
}: {
  readonly isQuick: boolean;
}): Promise<{ readonly rows: readonly Row[]; readonly postgres: string }> {
  const size = isQuick ? QUICK : FULL;
  const servers = await startServers();
  try {
    const parts = [
      () => measureThroughput(servers, size.throughput),
      () => measureCost(servers, size.cost),
      () => measureLatency(servers, size.latency),
      () => measureNeighbour(servers, size.neighbour),
      () => measureOpenTransaction(servers, size.openTransaction),
      () => measureBacklog(servers, size.backlog),
      () => measureMemory(servers, size.memory),
      () => measureSigning(size.signingRounds),
    ];
    const rows: Row[] = [];
    for (const measure of parts) {
      rows.push(...(await measure()));
      await servers.postgres.clear();
    }
    return { rows, postgres: servers.postgres.description };
  } finally {
    await servers.stop();
  }
}
