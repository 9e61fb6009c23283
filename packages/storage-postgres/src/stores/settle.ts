import { publicIdToUuid } from "@tenon/core/encoding";
import type { AttemptRecord, Settlement, SettlementResult } from "@tenon/core/ports";
import { requireUuid } from "../sql/ids.js";
import { jsonRows, now } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";
import { isOwn, type SettleWay, underLocks, withoutLocks } from "./settle-locks.js";
import { tellStates } from "./settle-states.js";
import type { StoreContext } from "./store-context.js";

interface ResultRow {
  readonly ordinal: number;
  readonly result: "applied" | "held";
}

/**
 * Writes outcomes, and says of each whether it counted, came too late, or met somebody else. One statement as a rule, in a
 * transaction for its plan's sake: what needs a lock first, and what is lost, it leaves out, and a second one judges that.
 */
export async function settleDeliveries(
  { session, tables }: StoreContext,
  settlements: readonly Settlement[],
  at: Date | undefined,
): Promise<readonly SettlementResult[]> {
  const results = new Map<number, SettlementResult>();
  const successes = new Set(settlements.map(successAt));
  let rows = settlements.flatMap((settlement, ordinal) => {
    const endpointId = settlement.attempt?.endpointId;
    return toInputRow(settlement, ordinal, endpointId !== undefined && successes.has(endpointId));
  });
  for (const way of [withoutLocks(tables), underLocks(tables)]) {
    if (rows.length === 0) break;
    try {
      const statement = settleStatement(tables, rows, { at, way });
      const told = await session.transaction("queue.settle", (inside) =>
        inside.records<ResultRow>("queue.settle", statement),
      );
      for (const { ordinal, result } of told) results.set(ordinal, result);
      rows = rows.filter(({ ordinal }) => !results.has(ordinal));
    } catch (error) {
      // What was written must not be told to be repeated: it would seem to have come too late.
      if (results.size === 0) throw error;
      for (const { ordinal } of rows) results.set(ordinal, "held");
      break;
    }
  }
  return settlements.map((_, ordinal) => results.get(ordinal) ?? "lost");
}

/**
 * The fence: the delete and the update name the lease token, and PostgreSQL checks it again on the row's latest version
 * once it holds the lock. Everything else follows from the rows these two return.
 */
function settleStatement(
  tables: Tables,
  rows: readonly InputRow[],
  { at, way }: { readonly at: Date | undefined; readonly way: SettleWay },
): Sql {
  const back = rows.some(({ kind }) => kind === "retry" || kind === "released")
    ? puttingBack(tables, way)
    : { unlessStays: sql``, table: sql``, applied: sql`` };
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${now(at)} AS now),
    -- Found by their keys, and from here on by their places alone: a planner that thinks the queue is empty would read
    -- all of it, with what is dead in it, by any index that a condition or a join lets it use.
    input AS MATERIALIZED (
      SELECT given.*, row.at, row.endpoint_id
      FROM json_to_recordset(${jsonRows(rows)}) AS given(ordinal integer, tenant_id text, delivery_id uuid,
        lease_token uuid, kind text, beside_success boolean, delay_ms float8, pause_ms float8, failure_reason text,
        attempt_id uuid, attempt_number integer, started_at timestamptz, duration_ms integer, succeeded boolean,
        attempt_failure text, error text, response_status integer, response_headers jsonb, response_body text)
      CROSS JOIN LATERAL (
        SELECT q.ctid AS at, q.endpoint_id FROM ${tables.deliveryQueue} q
        WHERE q.tenant_id = given.tenant_id AND q.delivery_id = given.delivery_id LIMIT 1
      ) row
    ),
    ${way.locks}
    finished AS (
      DELETE FROM ${tables.deliveryQueue} q USING ${way.free} i
      WHERE ${isOwn} AND ${way.mayFinish}${back.unlessStays}
      RETURNING i.ordinal, i.failure_reason, q.tenant_id, q.delivery_id, q.endpoint_id,
        CASE WHEN i.kind IN ('succeeded', 'exhausted') THEN i.kind ELSE 'cancelled' END AS state,
        (SELECT now FROM clock) + i.pause_ms * interval '1 millisecond' AS paused_until,
        q.attempt_number + CASE i.kind WHEN 'released' THEN 0 ELSE 1 END AS attempt_count
    ),
    ${back.table}
    applied AS (
      SELECT ordinal, tenant_id, endpoint_id, paused_until, false AS blocks FROM finished
      ${back.applied}
    ),
    ${tellStates(tables, way.lockedStates)},
    with_deliveries AS (
      UPDATE ${tables.deliveries} d SET state = f.state, attempt_count = f.attempt_count, finished_at = clock.now,
        failure_reason = f.failure_reason, is_cancelled = f.state = 'cancelled'
      FROM finished f, clock
      WHERE d.tenant_id = f.tenant_id AND d.id = f.delivery_id
    ),
    with_attempts AS (
      INSERT INTO ${tables.attempts} (tenant_id, id, delivery_id, endpoint_id, attempt_number, started_at, duration_ms,
        succeeded, failure_reason, error, response_status, response_headers, response_body, is_last)
      SELECT i.tenant_id, i.attempt_id, i.delivery_id, applied.endpoint_id, i.attempt_number, i.started_at, i.duration_ms,
        i.succeeded, i.attempt_failure, i.error, i.response_status, i.response_headers, i.response_body,
        i.kind IN ('succeeded', 'exhausted')
      FROM applied JOIN input i USING (ordinal)
      WHERE i.attempt_id IS NOT NULL
    )
    SELECT json_build_object('ordinal', ordinal, 'result', 'applied')::text AS record FROM applied${way.results}`;
}

/** What goes back into the queue, for which a settlement's statement has more parts. Nearly all have nothing of it. */
function puttingBack(tables: Tables, way: SettleWay) {
  return {
    unlessStays: sql`
        AND (i.kind IN ('succeeded', 'exhausted') OR EXISTS (
          SELECT 1 FROM ${tables.endpoints} e
          WHERE e.tenant_id = q.tenant_id AND e.id = q.endpoint_id AND e.deleted_at IS NOT NULL
        ))`,
    table: sql`put_back AS (
      UPDATE ${tables.deliveryQueue} q SET
        attempt_number = q.attempt_number + CASE i.kind WHEN 'retry' THEN 1 ELSE 0 END,
        -- The head of a fifo endpoint stays ready, ahead of the others, and the whole endpoint waits for it.
        ready = e.fifo OR i.delay_ms <= 0,
        due_at = clock.now + i.delay_ms * interval '1 millisecond',
        lease_token = NULL,
        lease_expires_at = NULL
      FROM ${way.free} i, clock, ${tables.endpoints} e
      WHERE ${isOwn} AND ${way.mayPutBack}
        AND i.kind IN ('retry', 'released')
        AND e.tenant_id = i.tenant_id AND e.id = i.endpoint_id AND e.deleted_at IS NULL
      RETURNING i.ordinal, q.tenant_id, q.endpoint_id, e.fifo AND i.delay_ms > 0 AS blocks,
        CASE WHEN e.fifo THEN q.due_at ELSE clock.now + i.pause_ms * interval '1 millisecond' END AS paused_until
    ),`,
    applied: sql`UNION ALL SELECT ordinal, tenant_id, endpoint_id, paused_until, blocks FROM put_back`,
  };
}

function successAt({ outcome, attempt }: Settlement): string | undefined {
  return outcome.kind === "succeeded" ? attempt?.endpointId : undefined;
}

interface InputRow {
  readonly ordinal: number;
  readonly [column: string]: unknown;
}

const LEASE_TOKEN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Nothing for a delivery or a token that can't exist: such a settlement is lost, like any stale one. */
function toInputRow(
  { tenantId, deliveryId, leaseToken, outcome, attempt }: Settlement,
  ordinal: number,
  besideSuccess: boolean,
): InputRow[] {
  const deliveryUuid = publicIdToUuid("dlv", deliveryId);
  if (deliveryUuid === undefined || !LEASE_TOKEN.test(leaseToken)) return [];
  return [
    {
      ordinal,
      tenant_id: tenantId,
      delivery_id: deliveryUuid,
      lease_token: leaseToken,
      kind: outcome.kind,
      beside_success: besideSuccess || outcome.kind === "succeeded",
      delay_ms: "delayMs" in outcome ? outcome.delayMs : undefined,
      pause_ms: "pauseMs" in outcome ? outcome.pauseMs : undefined,
      failure_reason: "failureReason" in outcome ? outcome.failureReason : undefined,
      ...(attempt === undefined ? {} : attemptColumns(attempt)),
    },
  ];
}

/** Its delivery, endpoint and tenant are those of the row that it settles. */
function attemptColumns(attempt: AttemptRecord): object {
  const headers = Object.entries(attempt.responseHeaders ?? {});
  return {
    attempt_id: requireUuid("att", attempt.id),
    attempt_number: attempt.attemptNumber,
    started_at: attempt.startedAt.toISOString(),
    duration_ms: Math.round(attempt.durationMs),
    succeeded: attempt.succeeded,
    attempt_failure: attempt.failureReason,
    error: attempt.error === undefined ? undefined : storableText(attempt.error),
    response_status: attempt.responseStatus,
    response_headers:
      attempt.responseHeaders === undefined
        ? undefined
        : Object.fromEntries(headers.map(([name, value]) => [storableText(name), storableText(value)])),
    response_body: attempt.responseBody === undefined ? undefined : storableText(attempt.responseBody),
  };
}

/**
 * What PostgreSQL can't hold (NUL, half a surrogate pair) becomes U+FFFD: a partner's reply must never be able to
 * keep its own outcome from being written.
 */
function storableText(text: string): string {
  return text.replace(/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}
