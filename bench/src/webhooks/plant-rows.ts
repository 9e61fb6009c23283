import pg from "pg";
import { TENANT } from "./tenon-kit.js";

const BATCH = 50_000;

/** Ids in the order of time, as Tenon's are: the instant in the first 48 bits, then what `gen_random_uuid` gives. */
const NEXT_ID = `(lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint + n), 12, '0')
  || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid`;

/**
 * Writes finished deliveries as they are after years of use: messages, deliveries and attempts. With `throughQueue`
 * each also leaves behind what its way through the queue leaves: an insert, a lease and a delete.
 */
export async function plantFinished(
  databaseUrl: string,
  { count, throughQueue }: { readonly count: number; readonly throughQueue: boolean },
): Promise<void> {
  await inBatches(databaseUrl, count, async (client, size) => {
    await client.query(PLANT, [TENANT, size, "finished"]);
    await client.query(
      `INSERT INTO tenon.attempts (tenant_id, id, delivery_id, endpoint_id, attempt_number, started_at, duration_ms,
         succeeded, response_status, response_headers, response_body)
       SELECT tenant_id, gen_random_uuid(), delivery_id, endpoint_id, 1, now(), 12, true, 204, '{}', '' FROM planted`,
    );
    if (throughQueue) {
      await client.query(ENQUEUE, [true]);
      await client.query(
        `UPDATE tenon.delivery_queue q SET ready = false, lease_token = gen_random_uuid(), lease_expires_at = now()
         FROM planted p WHERE q.tenant_id = p.tenant_id AND q.delivery_id = p.delivery_id`,
      );
      await client.query(
        `DELETE FROM tenon.delivery_queue q USING planted p
         WHERE q.tenant_id = p.tenant_id AND q.delivery_id = p.delivery_id`,
      );
    }
    await client.query(
      `UPDATE tenon.deliveries d SET state = 'succeeded', attempt_count = 1, finished_at = now()
       FROM planted p WHERE d.tenant_id = p.tenant_id AND d.id = p.delivery_id`,
    );
  });
}

/** Writes deliveries that wait: due in a year, or now. */
export async function plantWaiting(
  databaseUrl: string,
  { count, ready }: { readonly count: number; readonly ready: boolean },
): Promise<void> {
  await inBatches(databaseUrl, count, async (client, size) => {
    await client.query(PLANT, [TENANT, size, "waiting"]);
    await client.query(ENQUEUE, [ready]);
  });
}

const PLANT = `
  WITH numbered AS (
    SELECT ${NEXT_ID} AS message_id, ${NEXT_ID} AS delivery_id, n FROM generate_series(1, $2::int) AS n
  ), targets AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS total
    FROM tenon.endpoints WHERE tenant_id = $1
  ), chosen AS (
    SELECT n.message_id, n.delivery_id, t.id AS endpoint_id
    FROM numbered n JOIN targets t ON t.place = n.n % t.total
  ), stored AS (
    INSERT INTO tenon.messages (tenant_id, id, type, payload, channels, created_at)
    SELECT $1, message_id, $3, repeat('x', 1000), '[]', now() FROM chosen
  ), delivered AS (
    INSERT INTO tenon.deliveries (tenant_id, id, message_id, endpoint_id, created_at)
    SELECT $1, delivery_id, message_id, endpoint_id, now() FROM chosen
  )
  INSERT INTO planted SELECT $1, message_id, delivery_id, endpoint_id FROM chosen`;

const ENQUEUE = `
  INSERT INTO tenon.delivery_queue (tenant_id, delivery_id, message_id, endpoint_id, ready, due_at)
  SELECT tenant_id, delivery_id, message_id, endpoint_id, $1::boolean,
    CASE WHEN $1::boolean THEN now() ELSE now() + interval '1 year' END
  FROM planted`;

async function inBatches(
  databaseUrl: string,
  count: number,
  plant: (client: pg.Client, size: number) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // What makes the foreign keys' checks slow isn't what is measured.
    await client.query("SET session_replication_role = replica");
    await client.query("SET synchronous_commit = off");
    await client.query(
      "CREATE TEMPORARY TABLE planted (tenant_id text, message_id uuid, delivery_id uuid, endpoint_id uuid)",
    );
    for (let planted = 0; planted < count; planted += BATCH) {
      // In one step: a runner that is at work must not find any of it half way through.
      await client.query("BEGIN");
      await plant(client, Math.min(BATCH, count - planted));
      await client.query("TRUNCATE planted");
      await client.query("COMMIT");
    }
    await client.query("ANALYZE");
    await client.query("CHECKPOINT");
  } finally {
    await client.end();
  }
}
