import { migrate, postgresStorage } from "@tenon/storage-postgres";
import pg from "pg";

const SLOTS = 64;

interface Plan {
  readonly "Relation Name"?: string;
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly "Node Type": string;
  readonly Plans?: readonly Plan[];
}

/** What one claim read. */
export interface ClaimReading {
  /** Rows of the queue that any part of the claim looked at, the same row counted each time. */
  readonly queueRows: number;
  readonly batch: number;
  /** Pages that were touched, in memory or not. */
  readonly pages: number;
}

/** Makes one claim and tells, as `EXPLAIN (ANALYZE, BUFFERS)` does, what its statements read. */
export async function explainClaim(databaseUrl: string): Promise<ClaimReading> {
  const plans: { readonly Plan: Plan & Readonly<Record<string, number>> }[] = [];
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const client = await pool.connect();
  client.on("notice", ({ message = "" }) => {
    const json = /plan:\s*(\{[\s\S]*\})\s*$/.exec(message)?.[1];
    if (json !== undefined) plans.push(JSON.parse(json));
  });
  for (const setting of [
    "LOAD 'auto_explain'",
    "SET auto_explain.log_min_duration = 0",
    "SET auto_explain.log_analyze = on",
    "SET auto_explain.log_buffers = on",
    "SET auto_explain.log_format = json",
    "SET auto_explain.log_level = notice",
    "SET client_min_messages = notice",
  ])
    await client.query(setting);
  client.release();
  try {
    await migrate({ pool });
    const { queue } = postgresStorage({ pool });
    plans.length = 0;
    const { deliveries } = await queue.claim({
      slots: SLOTS,
      slotsPerEndpoint: SLOTS / 4,
      slotsForSlow: SLOTS / 2,
      leaseMs: 1,
      leaseMarginMs: 1,
    });
    return {
      batch: deliveries.length,
      queueRows: plans.reduce((sum, { Plan }) => sum + queueRowsOf(Plan), 0),
      pages: plans.reduce(
        (sum, { Plan }) => sum + (Plan["Shared Hit Blocks"] ?? 0) + (Plan["Shared Read Blocks"] ?? 0),
        0,
      ),
    };
  } finally {
    await pool.end();
  }
}

function queueRowsOf(plan: Plan): number {
  const below = (plan.Plans ?? []).reduce((sum, child) => sum + queueRowsOf(child), 0);
  if (plan["Relation Name"] !== "delivery_queue" || !plan["Node Type"].includes("Scan")) return below;
  const perLoop =
    (plan["Actual Rows"] ?? 0) +
    (plan["Rows Removed by Filter"] ?? 0) +
    (plan["Rows Removed by Index Recheck"] ?? 0);
  return below + perLoop * (plan["Actual Loops"] ?? 0);
}
