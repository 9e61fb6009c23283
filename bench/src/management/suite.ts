import { migrate } from "@tenon/storage-postgres";
import pg from "pg";
import { type LoadRequest, startServer } from "../http/load.js";
import { openBenchPostgres } from "../limits/bench-postgres.js";
import { interleave } from "../measure/interleave.js";
import { callsPerSecond, type Slice } from "../measure/slice.js";
import { compare, type Row } from "../report/row.js";
import { plantFinished } from "../webhooks/plant-rows.js";
import { TENANT } from "../webhooks/tenon-kit.js";
import { createManagementKit, ENDPOINT } from "./bench-kit.js";

const PAGE = 50;
const PAGE_NUMBER = 1000;
/** After 5,000 calls a create costs a third of what each of the first 500 does, and hardly less later. */
const TURNS = { rounds: 9, sliceMs: 800, warmUpCalls: 5000 };

const CREATE: LoadRequest = {
  method: "POST",
  path: "/integrations/webhook-endpoints",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(ENDPOINT),
};
const LIST: LoadRequest = { method: "GET", path: `/integrations/deliveries?limit=${PAGE}` };

/** What the management API costs beside routes that send the same statements by hand. */
export async function measureManagement({ isQuick }: { readonly isQuick: boolean }): Promise<{
  readonly rows: readonly Row[];
  readonly postgres: string;
}> {
  const postgres = await openBenchPostgres();
  try {
    const databaseUrl = await postgres.createDatabase();
    const count = isQuick ? PAGE * (PAGE_NUMBER + 1) : 1_000_000;
    await plantDeliveries(databaseUrl, count);
    const rows: Row[] = [];
    for (const [framework, prefix] of [
      ["Express", "express"],
      ["Hono", "hono"],
    ] as const) {
      rows.push(await besideHandWritten(`${framework}: list ${PAGE} deliveries`, prefix, databaseUrl, LIST));
      rows.push(await besideHandWritten(`${framework}: create an endpoint`, prefix, databaseUrl, CREATE));
    }
    rows.push(await deepPage(databaseUrl, count));
    return { rows, postgres: postgres.description };
  } finally {
    await postgres.stop();
  }
}

async function plantDeliveries(databaseUrl: string, count: number): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl });
  await migrate({ pool });
  await createManagementKit(pool).endpoints.create({ tenantId: TENANT, ...ENDPOINT });
  await pool.end();
  await plantFinished(databaseUrl, { count, throughQueue: false });
}

async function besideHandWritten(
  what: string,
  prefix: "express" | "hono",
  databaseUrl: string,
  request: LoadRequest,
): Promise<Row> {
  const options = { env: { BENCH_DATABASE_URL: databaseUrl }, request };
  const { tenon, handWritten } = await interleave(
    {
      tenon: await startServer(`management/servers/${prefix}-tenon`, options),
      handWritten: await startServer(`management/servers/${prefix}-hand-written`, options),
    },
    TURNS,
  );
  return compare({
    what,
    against: "a hand-written route that sends the same statements",
    unit: "requests per second",
    ours: tenon.map(callsPerSecond),
    theirs: handWritten.map(callsPerSecond),
    target: 0.8,
  });
}

async function deepPage(databaseUrl: string, count: number): Promise<Row> {
  const server = "management/servers/express-tenon";
  const env = { BENCH_DATABASE_URL: databaseUrl };
  const walker = await startServer(server, { env, request: LIST });
  let path = LIST.path;
  for (let page = 1; page < PAGE_NUMBER; page++) {
    const { nextCursor } = (await walker.read(path)) as { readonly nextCursor: string };
    path = `${LIST.path}&cursor=${encodeURIComponent(nextCursor)}`;
  }
  await walker.stop();
  const { deep, first } = await interleave(
    {
      deep: await startServer(server, { env, request: { ...LIST, path } }),
      first: await startServer(server, { env, request: LIST }),
    },
    TURNS,
  );
  return compare({
    what: `Express: page ${PAGE_NUMBER.toLocaleString("en")} of ${count.toLocaleString("en")} deliveries`,
    against: "page 1",
    unit: "ms per request (less is better)",
    ours: deep.map(msPerCall),
    theirs: first.map(msPerCall),
    target: 1.2,
    lessIsBetter: true,
  });
}

function msPerCall({ wallMs, calls }: Slice): number {
  return wallMs / calls;
}
