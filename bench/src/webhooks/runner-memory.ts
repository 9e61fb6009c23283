import { startChild } from "../measure/child.js";
import { compare, type Row } from "../report/row.js";
import type { BenchServers } from "./bench-server.js";
import { plantWaiting } from "./plant-rows.js";

const RUN_MS = 5_000;
const MB = 2 ** 20;
const ALLOWED_MB = 30;

/** How much more a runner holds that has so many deliveries waiting than one that has none. */
export async function measureMemory(
  { postgres, receiver }: BenchServers,
  { pending }: { readonly pending: number },
): Promise<readonly Row[]> {
  const held = async (count: number): Promise<number> => {
    const databaseUrl = await postgres.createDatabase();
    const env = { BENCH_DATABASE_URL: databaseUrl, BENCH_RECEIVER_URL: receiver.url };
    const child = await startChild("webhooks/contestants/deliver-tenon", { env, execArgv: ["--expose-gc"] });
    if (count > 0) await plantWaiting(databaseUrl, { count, ready: true });
    await child.ask({ start: true });
    await new Promise((resolve) => setTimeout(resolve, RUN_MS));
    const { bytes } = (await child.ask({ bytes: true })) as { readonly bytes: number };
    await child.stop();
    return bytes / MB;
  };
  const idle = await held(0);
  const busy = await held(pending);
  return [
    compare({
      what: `memory of a runner with ${pending.toLocaleString("en")} pending deliveries, beyond an idle one's`,
      against: `${ALLOWED_MB} MB`,
      unit: "MB (less is better)",
      ours: [Math.max(0, busy - idle)],
      theirs: [ALLOWED_MB],
      target: 1,
      lessIsBetter: true,
    }),
  ];
}
