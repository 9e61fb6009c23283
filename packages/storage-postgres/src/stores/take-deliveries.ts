import type { ClaimRequest, EndpointSigning } from "@tenon/core/ports";
import type { RetrySchedule } from "@tenon/core/webhooks";
import { float, integer, jsonRows, now, text, uuid } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";
import { type SeenEndpointRow, windowIsOpen } from "./lock-endpoints.js";

export interface ClaimedRow {
  readonly tenant_id: string;
  /** Its endpoint's place among the locked ones. */
  readonly place: number;
  /** How many its endpoint was asked for. */
  readonly asked: number;
  readonly delivery_id: string;
  readonly message_id: string;
  readonly endpoint_id: string;
  readonly attempt_number: number;
  readonly attempts_before: number;
  readonly lease_token: string;
  readonly payload: string | null;
  readonly url: string;
  readonly revision: number;
  readonly retry_schedule: RetrySchedule | null;
  readonly timeout_ms: number | null;
  readonly sealed_headers: string | null;
  readonly signing: EndpointSigning;
  readonly secrets: readonly { readonly id: string; readonly sealed: string }[] | null;
  readonly failing_since: string | null;
  readonly warned: boolean | null;
}

/** Leases deliveries of locked endpoints: each gives its oldest first, and all have one before any has two. */
export function takeDeliveries(
  tables: Tables,
  endpoints: readonly SeenEndpointRow[],
  request: ClaimRequest,
): Sql {
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${now(request.now)} AS now),
    endpoint AS MATERIALIZED (
      SELECT l.place, l.slow, l.last_delivery_at, l.failing_since, l.warned, e.tenant_id, e.id, e.url, e.revision,
        e.retry_schedule, e.timeout_ms, e.sealed_headers, e.signing,
        greatest(${float(request.leaseMs)}, e.timeout_ms + ${float(request.leaseMarginMs)}) AS lease_ms,
        least(${integer(request.slots)}, l.rate_room, greatest(0,
          CASE WHEN e.fifo OR l.slow THEN 1 ELSE least(${integer(request.slotsPerEndpoint)}, e.concurrency) END - (
            SELECT count(*) FROM ${tables.deliveryQueue} q
            -- In a form that no index answers but the one of endpoints' leases.
            WHERE coalesce(q.tenant_id = e.tenant_id, false) AND q.endpoint_id = e.id
              -- In order, a lease that ran out counts too: its delivery is still the head.
              AND q.lease_expires_at > CASE WHEN e.fifo THEN '-infinity' ELSE (SELECT now FROM clock) END
          ))) AS room,
        ${signingSecrets(tables, sql`e.tenant_id`, sql`e.id`)} AS secrets
      FROM json_to_recordset(${jsonRows(endpoints.map((endpoint, place) => ({ place, ...endpoint })))}) AS l(tenant_id text, endpoint_id uuid, place integer,
        slow boolean, last_delivery_at timestamptz, failing_since timestamptz, warned boolean, rate_room integer)
      JOIN ${tables.endpoints} e ON e.tenant_id = l.tenant_id AND e.id = l.endpoint_id
        AND e.disabled_at IS NULL AND e.deleted_at IS NULL
    ),
    allowed AS (
      SELECT place, lease_ms, tenant_id, id, room
      FROM ${withSlowLimit(tables, endpoints, request.slotsForSlow)} endpoint
    ),
    -- What fills the slots when every endpoint gives as many, or what it has room for: more need not be read.
    share AS MATERIALIZED (
      SELECT ceil(max((${float(request.slots)} - before) / others))::bigint AS most FROM (
        SELECT sum(room) OVER smaller - room AS before, count(*) OVER () - row_number() OVER smaller + 1 AS others
        FROM allowed
        WINDOW smaller AS (ORDER BY room, place ROWS UNBOUNDED PRECEDING)
      ) level
    ),
    chosen AS MATERIALIZED (
      SELECT endpoint.place, endpoint.lease_ms, least(endpoint.room, share.most) AS asked, oldest.tenant_id,
        oldest.delivery_id,
        row_number() OVER (PARTITION BY endpoint.place ORDER BY oldest.message_id, oldest.delivery_id)
          AS turn
      FROM allowed endpoint CROSS JOIN share CROSS JOIN LATERAL (
        SELECT q.tenant_id, q.delivery_id, q.message_id FROM ${tables.deliveryQueue} q
        WHERE q.ready AND q.tenant_id = endpoint.tenant_id AND q.endpoint_id = endpoint.id
        ORDER BY q.message_id LIMIT least(endpoint.room, share.most)
      ) oldest
      ORDER BY turn, endpoint.place LIMIT ${integer(request.slots)}
    ),
    -- Ready rows are only ever taken under the endpoint's lock; a transaction that discards one is not waited for.
    -- Row by row, by key and then by place. A planner that knows of no ready rows would join by the index of those, and
    -- read all there are for each: coalesce() keeps it from that index.
    free AS MATERIALIZED (
      SELECT row.tenant_id, row.ctid AS at, chosen.turn, chosen.place, chosen.asked, chosen.lease_ms
      FROM chosen CROSS JOIN LATERAL (
        SELECT q.tenant_id, q.ctid FROM ${tables.deliveryQueue} q
        WHERE q.tenant_id = chosen.tenant_id AND q.delivery_id = chosen.delivery_id AND coalesce(q.ready, false)
        LIMIT 1 FOR UPDATE SKIP LOCKED
      ) row
    ),
    leased AS (
      UPDATE ${tables.deliveryQueue} q SET ready = false, lease_token = gen_random_uuid(),
        lease_expires_at = clock.now + free.lease_ms * interval '1 millisecond'
      FROM free, clock
      WHERE q.ctid = free.at AND coalesce(q.tenant_id = free.tenant_id, false)
      RETURNING q.tenant_id, q.delivery_id, q.message_id, q.endpoint_id, q.attempt_number + 1 AS attempt_number,
        q.attempts_before, q.lease_token, free.turn, free.place, free.asked
    )${countAgainstRates(tables, endpoints)}
    SELECT row_to_json(r)::text AS record FROM (
      SELECT leased.*, m.payload, endpoint.url, endpoint.revision, endpoint.retry_schedule, endpoint.timeout_ms,
        endpoint.sealed_headers, endpoint.signing, endpoint.secrets, endpoint.failing_since, endpoint.warned
      FROM leased
      JOIN endpoint ON endpoint.tenant_id = leased.tenant_id AND endpoint.id = leased.endpoint_id
      JOIN ${tables.messages} m ON m.tenant_id = leased.tenant_id AND m.id = leased.message_id
    ) r
    ORDER BY r.turn, r.place`;
}

/** Notes what rate limits let through, under the locks of the states. Nothing where no endpoint has one. */
function countAgainstRates(tables: Tables, endpoints: readonly SeenEndpointRow[]): Sql {
  if (!endpoints.some(({ rate_room }) => rate_room !== null)) return sql``;
  return sql`,
    with_rates AS (
      UPDATE ${tables.endpointStates} s SET
        rate_window_started_at = CASE WHEN ${windowIsOpen(sql`clock.now`)} THEN s.rate_window_started_at ELSE clock.now END,
        rate_window_count = taken.count + CASE WHEN ${windowIsOpen(sql`clock.now`)} THEN s.rate_window_count ELSE 0 END
      FROM (SELECT tenant_id, endpoint_id, count(*) AS count FROM leased GROUP BY tenant_id, endpoint_id) taken
      JOIN ${tables.endpoints} e ON e.tenant_id = taken.tenant_id AND e.id = taken.endpoint_id
      CROSS JOIN clock
      WHERE s.tenant_id = taken.tenant_id AND s.endpoint_id = taken.endpoint_id AND e.rate_limit IS NOT NULL
    )`;
}

/**
 * The table `endpoint`, with no room for those slow ones that the slots for them don't reach. Where none is slow, the
 * leases of slow endpoints need not be counted.
 */
function withSlowLimit(tables: Tables, endpoints: readonly SeenEndpointRow[], slotsForSlow: number): Sql {
  if (!endpoints.some(({ slow }) => slow)) return sql`endpoint`;
  return sql`(
        SELECT place, lease_ms, tenant_id, id, CASE WHEN slow AND ${integer(slotsForSlow)} - (
            SELECT count(*) FROM ${tables.deliveryQueue} q
            JOIN ${tables.endpointStates} s ON s.tenant_id = q.tenant_id AND s.endpoint_id = q.endpoint_id
              AND s.slow_since IS NOT NULL
            WHERE q.lease_token IS NOT NULL AND q.lease_expires_at > (SELECT now FROM clock)
          ) < sum(room) FILTER (WHERE slow) OVER (ORDER BY slow, last_delivery_at NULLS FIRST, place)
          THEN 0 ELSE room END AS room
        FROM endpoint
      )`;
}

/** Everything an attempt needs, of one delivery that is leased whatever its endpoint's pace. */
export function takeOneDelivery(
  tables: Tables,
  {
    tenantId,
    deliveryUuid,
    leaseMs,
    leaseMarginMs,
    now: at,
  }: {
    readonly tenantId: string;
    readonly deliveryUuid: string;
    readonly leaseMs: number;
    readonly leaseMarginMs: number;
    readonly now?: Date | undefined;
  },
): Sql {
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${now(at)} AS now),
    leased AS (
      UPDATE ${tables.deliveryQueue} q SET ready = false, lease_token = gen_random_uuid(),
        lease_expires_at = clock.now
          + greatest(${float(leaseMs)}, e.timeout_ms + ${float(leaseMarginMs)}) * interval '1 millisecond'
      FROM clock, ${tables.endpoints} e
      WHERE q.tenant_id = ${text(tenantId)} AND q.delivery_id = ${uuid(deliveryUuid)}
        AND (q.lease_token IS NULL OR q.lease_expires_at <= clock.now)
        AND e.tenant_id = q.tenant_id AND e.id = q.endpoint_id AND e.disabled_at IS NULL AND e.deleted_at IS NULL
      RETURNING q.tenant_id, q.delivery_id, q.message_id, q.endpoint_id, q.attempt_number + 1 AS attempt_number,
        q.attempts_before, q.lease_token, e.url, e.revision, e.retry_schedule, e.timeout_ms, e.sealed_headers, e.signing
    )
    SELECT row_to_json(r)::text AS record FROM (
      SELECT leased.*, m.payload, ${signingSecrets(tables, sql`leased.tenant_id`, sql`leased.endpoint_id`)} AS secrets,
        s.failing_since, s.warned_at IS NOT NULL AS warned
      FROM leased JOIN ${tables.messages} m ON m.tenant_id = leased.tenant_id AND m.id = leased.message_id
      LEFT JOIN ${tables.endpointStates} s ON s.tenant_id = leased.tenant_id AND s.endpoint_id = leased.endpoint_id
    ) r`;
}

/** The secrets of an endpoint that sign at `clock.now`, newest first, as a subquery. */
function signingSecrets(tables: Tables, tenantId: Sql, endpointId: Sql): Sql {
  return sql`(
          SELECT json_agg(json_build_object('id', k.id, 'sealed', k.sealed) ORDER BY k.expires_at IS NULL DESC,
            k.created_at DESC, k.id DESC)
          FROM ${tables.endpointSecrets} k
          WHERE k.tenant_id = ${tenantId} AND k.endpoint_id = ${endpointId}
            AND (k.expires_at IS NULL OR k.expires_at > (SELECT now FROM clock))
        )`;
}
