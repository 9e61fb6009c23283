import type pg from "pg";

/** How the tables stand: every delivery in one of these, and the attempts that were logged. */
export interface Balance {
  readonly queued: number;
  readonly succeeded: number;
  readonly exhausted: number;
  readonly cancelled: number;
  /** Final deliveries whose logged attempts aren't numbered 1 to their count, each once. */
  readonly wronglyLogged: number;
  /** Deliveries that are neither final nor queued, or both. */
  readonly astray: number;
}

const BALANCE = `
  SELECT (SELECT count(*)::int FROM tenon.delivery_queue) AS queued,
    count(*) FILTER (WHERE state = 'succeeded')::int AS succeeded,
    count(*) FILTER (WHERE state = 'exhausted')::int AS exhausted,
    count(*) FILTER (WHERE state = 'cancelled')::int AS cancelled,
    count(*) FILTER (WHERE state IS NOT NULL AND numbers IS DISTINCT FROM
      (SELECT array_agg(n) FROM generate_series(1, attempt_count) n))::int AS "wronglyLogged",
    count(*) FILTER (WHERE (state IS NULL) <> (q.delivery_id IS NOT NULL))::int AS astray
  FROM tenon.deliveries d
  LEFT JOIN tenon.delivery_queue q ON q.tenant_id = d.tenant_id AND q.delivery_id = d.id
  LEFT JOIN (
    SELECT tenant_id, delivery_id, array_agg(attempt_number ORDER BY attempt_number) AS numbers
    FROM tenon.attempts GROUP BY tenant_id, delivery_id
  ) a ON a.tenant_id = d.tenant_id AND a.delivery_id = d.id`;

export async function readBalance(pool: Pick<pg.Pool, "query">): Promise<Balance> {
  const { rows } = await pool.query<Balance>(BALANCE);
  const [balance] = rows;
  if (balance === undefined) throw new Error("the counts are one row");
  return balance;
}
