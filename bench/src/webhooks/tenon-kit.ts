import { createTenon, type Tenon } from "@tenon/core";
import type { HttpTransport } from "@tenon/core/ports";
import { migrate, postgresStorage } from "@tenon/storage-postgres";
import { nodeTransport } from "@tenon/transport-node";
import pg from "pg";

export const TENANT = "bench";
export const POOL_SIZE = 10;

/** As many messages as one `publishMany` takes. */
const BATCH = 1000;

export function openPool(): pg.Pool {
  return new pg.Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: POOL_SIZE });
}

const listen = () => new pg.Client({ connectionString: process.env.BENCH_DATABASE_URL });

export function loopbackTransport(): HttpTransport {
  return nodeTransport({ development: { loopback: true } });
}

/**
 * Tenon as a host sets it up whose pool reaches PostgreSQL itself, on the contestant's database. graphile-worker keeps its
 * statements prepared too, and needs no word for it.
 */
export function createKit(pool: pg.Pool, transport: HttpTransport = loopbackTransport()): Tenon {
  return createTenon({
    storage: postgresStorage({ pool, listen, preparedStatements: true }),
    vaultKeys: [{ id: "bench", key: Buffer.alloc(32, 1).toString("base64") }],
    transport,
  });
}

/** Makes the tables and as many endpoints as asked, each with an event type of its own: one delivery a message. */
export async function setUpEndpoints(pool: pg.Pool, tenon: Tenon): Promise<number> {
  const count = Number(process.env.BENCH_ENDPOINTS ?? 100);
  await migrate({ pool });
  const { items } = await tenon.endpoints.list({ tenantId: TENANT, limit: 1 });
  if (items.length > 0) return count;
  for (let number = 0; number < count; number++) {
    const url = `${process.env.BENCH_RECEIVER_URL}/${number}`;
    await tenon.endpoints.create({ tenantId: TENANT, url, eventTypes: [`to.${number}`] });
  }
  if (process.env.BENCH_HANGING !== undefined) {
    const url = `${process.env.BENCH_RECEIVER_URL}/hang`;
    await tenon.endpoints.create({ tenantId: TENANT, url, eventTypes: ["hang"] });
  }
  return count;
}

/** Publishes so many messages of 1 kB, to the endpoints in turn. */
export async function publishToAll(tenon: Tenon, endpoints: number, count: number): Promise<void> {
  for (let first = 0; first < count; first += BATCH) {
    const messages = Array.from({ length: Math.min(BATCH, count - first) }, (_, place) => ({
      type: `to.${(first + place) % endpoints}`,
      data: { text: TEXT },
    }));
    await tenon.webhooks.publishMany({ tenantId: TENANT, messages });
  }
}

/** With its envelope, 1 kB. */
export const TEXT = "x".repeat(930);
