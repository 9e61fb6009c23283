import { migrate } from "@tenon/storage-postgres";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OwnPostgres, startOwnPostgres } from "../../../../scripts/test-postgres.js";
import { readBalance } from "./balance.js";
import { createDeliveringKit, createEndpoints, TENANT } from "./delivering-kit.js";
import { type Receiver, startReceiver } from "./receiver.js";

const ENDPOINTS = 5;
const RUNNERS = 2;
const CRASHES = 2;
const EVENTS_BETWEEN = 150;

let postgres: OwnPostgres;
let receiver: Receiver;
const pools: pg.Pool[] = [];

beforeAll(async () => {
  postgres = await startOwnPostgres({ durable: true });
  receiver = await startReceiver();
});
afterAll(async () => {
  receiver.close();
  await Promise.all(pools.map((pool) => pool.end()));
  await postgres.stop();
});

function openPool(): pg.Pool {
  const pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
  // As `pg` asks every host to: an idle connection that breaks says so here.
  pool.on("error", () => {});
  pools.push(pool);
  return pool;
}

test("a database that crashes in the middle loses nothing that was acknowledged", {
  timeout: 120_000,
}, async () => {
  const pool = openPool();
  await migrate({ pool });
  const tenon = createDeliveringKit(pool);
  await createEndpoints(tenon, { url: receiver.url, count: ENDPOINTS });
  const runners = Array.from({ length: RUNNERS }, () =>
    // A short time limit makes for short leases: what the crash tore off is soon taken up again.
    createDeliveringKit(openPool()).webhooks.startRunner({ slots: 16, timeoutMs: 300 }),
  );
  const acknowledged = new Set<string>();
  let number = 0;
  const publishUntil = async (count: number) => {
    while (acknowledged.size < count) {
      const data = { number: number++ };
      await tenon.webhooks.publish({ tenantId: TENANT, type: "counted", data }).then(
        ({ message }) => acknowledged.add(message.id),
        // Whether it was stored is not known; a host would repeat it with an idempotency key.
        () => new Promise((resolve) => setTimeout(resolve, 20)),
      );
    }
  };

  for (let crash = 1; crash <= CRASHES; crash++) {
    await publishUntil((crash - 0.5) * EVENTS_BETWEEN);
    await Promise.all([postgres.crash(), publishUntil(crash * EVENTS_BETWEEN)]);
  }
  await until(async () => (await readBalance(pool)).queued === 0);
  await Promise.all(runners.map((runner) => runner.stop()));

  const { rows } = await pool.query<{ count: number }>("SELECT count(*)::int FROM tenon.messages");
  const stored = rows[0]?.count ?? 0;
  expect(stored).toBeGreaterThanOrEqual(acknowledged.size);
  expect(await readBalance(pool)).toEqual({
    queued: 0,
    succeeded: stored * ENDPOINTS,
    exhausted: 0,
    cancelled: 0,
    wronglyLogged: 0,
    astray: 0,
  });
  const arrived = new Set(receiver.arrivals);
  for (const id of acknowledged) {
    for (let endpoint = 0; endpoint < ENDPOINTS; endpoint++) expect(arrived).toContain(`/${endpoint} ${id}`);
  }
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}
