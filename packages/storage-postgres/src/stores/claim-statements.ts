import type { ClaimRequest, EndpointSigning } from "@tenon/core/ports";
import type { RetrySchedule } from "@tenon/core/webhooks";
import { type RawBuilder, sql } from "kysely";
import { float, integer, jsonRows, now, text, uuid } from "../sql/parameters.js";
import type { Tables } from "../sql/tables.js";
import type { ClaimCursor } from "./claim-cursor.js";

export interface SeenEndpointRow {
  readonly tenant_id: string;
  readonly endpoint_id: string;
  readonly locked: boolean;
  readonly deleted: boolean;
  /** Could be served, but is in other hands, or there are locks enough. */
  readonly passed_over: boolean;
  readonly slow: boolean;
  /** What its rate limit lets through now; null without one. */
  readonly rate_room: number | null;
  readonly last_delivery_at: string | null;
  readonly failing_since: string | null;
  readonly warned: boolean | null;
}

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
): RawBuilder<unknown> {
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
function signingSecrets(
  tables: Tables,
  tenantId: RawBuilder<unknown>,
  endpointId: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`(
          SELECT json_agg(json_build_object('id', k.id, 'sealed', k.sealed) ORDER BY k.expires_at IS NULL DESC,
            k.created_at DESC, k.id DESC)
          FROM ${tables.endpointSecrets} k
          WHERE k.tenant_id = ${tenantId} AND k.endpoint_id = ${endpointId}
            AND (k.expires_at IS NULL OR k.expires_at > (SELECT now FROM clock))
        )`;
}

export interface EndpointSearch {
  readonly after: ClaimCursor | undefined;
  /** Uuids. Only endpoints at which one of these messages is ready are looked at, wherever the cursor is. */
  readonly messages?: readonly { readonly tenant_id: string; readonly message_id: string }[] | undefined;
  /** At most this many endpoints are looked at, and at most `locks` of them locked. */
  readonly looks: number;
  readonly locks: number;
  readonly at: Date | undefined;
}

/** The next endpoints that have ready deliveries. Only those that may be served are locked. */
export function lockEndpoints(tables: Tables, search: EndpointSearch): RawBuilder<unknown> {
  const { locks, at } = search;
  const mayBeServed = {
    endpoint: sql`e.disabled_at IS NULL AND e.deleted_at IS NULL`,
    state: sql`(s.paused_until IS NULL OR s.paused_until <= ${now(at)})
        AND (e.rate_limit IS NULL OR ${rateRoom(at)} > 0)`,
  };
  return sql`
    WITH RECURSIVE seen AS (${seenEndpoints(tables, search)}
    ),
    locked AS MATERIALIZED (
      SELECT s.tenant_id, s.endpoint_id, s.slow_since IS NOT NULL AS slow, s.last_delivery_at, s.failing_since,
        s.warned_at IS NOT NULL AS warned, ${rateRoom(at)} AS rate_room
      FROM seen
      JOIN ${tables.endpoints} e ON e.tenant_id = seen.tenant_id AND e.id = seen.endpoint_id
        AND ${mayBeServed.endpoint}
      JOIN ${tables.endpointStates} s ON s.tenant_id = seen.tenant_id AND s.endpoint_id = seen.endpoint_id
        AND ${mayBeServed.state}
      ORDER BY seen.place LIMIT ${integer(locks)}
      FOR UPDATE OF s SKIP LOCKED
    )
    SELECT seen.tenant_id, seen.endpoint_id, locked.endpoint_id IS NOT NULL AS locked,
      coalesce(locked.slow, false) AS slow, locked.last_delivery_at, locked.failing_since, locked.warned,
      locked.rate_room,
      CASE WHEN locked.endpoint_id IS NULL THEN EXISTS (
        SELECT 1 FROM ${tables.endpoints} e
        WHERE e.tenant_id = seen.tenant_id AND e.id = seen.endpoint_id AND e.deleted_at IS NOT NULL
      ) ELSE false END AS deleted,
      CASE WHEN locked.endpoint_id IS NULL THEN EXISTS (
        SELECT 1 FROM ${tables.endpoints} e
        JOIN ${tables.endpointStates} s ON s.tenant_id = e.tenant_id AND s.endpoint_id = e.id AND ${mayBeServed.state}
        WHERE e.tenant_id = seen.tenant_id AND e.id = seen.endpoint_id AND ${mayBeServed.endpoint}
      ) ELSE false END AS passed_over
    FROM seen LEFT JOIN locked ON locked.tenant_id = seen.tenant_id AND locked.endpoint_id = seen.endpoint_id
    ORDER BY seen.place`;
}

/**
 * A table of endpoints, each with its place. In turn they are found by jumping through the index from one to the next,
 * so that a million rows of one endpoint cost no more than one row.
 */
function seenEndpoints(tables: Tables, { after, messages, looks }: EndpointSearch): RawBuilder<unknown> {
  if (messages !== undefined) {
    return sql`
      SELECT d.tenant_id, d.endpoint_id, row_number() OVER (ORDER BY d.endpoint_id, d.tenant_id) AS place
      FROM json_to_recordset(${jsonRows(messages)}) AS told(tenant_id text, message_id uuid)
      JOIN ${tables.deliveries} d ON d.tenant_id = told.tenant_id AND d.message_id = told.message_id
      -- Row by row and by key: see takeDeliveries().
      CROSS JOIN LATERAL (
        SELECT FROM ${tables.deliveryQueue} q
        WHERE q.tenant_id = d.tenant_id AND q.delivery_id = d.id AND coalesce(q.ready, false)
        LIMIT 1
      ) ready
      GROUP BY d.tenant_id, d.endpoint_id
      LIMIT ${integer(looks)}`;
  }
  const beyondCursor =
    after === undefined
      ? sql``
      : sql`AND (endpoint_id, tenant_id) > (${uuid(after.endpointUuid)}, ${text(after.tenantId)})`;
  return sql`
      (
        SELECT tenant_id, endpoint_id, 1::bigint AS place FROM ${tables.deliveryQueue}
        WHERE ready ${beyondCursor}
        ORDER BY endpoint_id, tenant_id LIMIT 1
      )
      UNION ALL
      SELECT following.tenant_id, following.endpoint_id, seen.place + 1
      FROM seen CROSS JOIN LATERAL (
        SELECT q.tenant_id, q.endpoint_id FROM ${tables.deliveryQueue} q
        WHERE q.ready AND (q.endpoint_id, q.tenant_id) > (seen.endpoint_id, seen.tenant_id)
        ORDER BY q.endpoint_id, q.tenant_id LIMIT 1
      ) following
      WHERE seen.place < ${integer(looks)}`;
}

/** What the rate limit of endpoint `e` lets through now, by its state `s`; null without one. */
function rateRoom(at: Date | undefined): RawBuilder<unknown> {
  return sql`(e.rate_limit->>'limit')::integer - CASE WHEN ${windowIsOpen(now(at))} THEN s.rate_window_count ELSE 0 END`;
}

/** One that seems to begin far ahead was opened before the clock was set back, and would be open for as long. */
function windowIsOpen(at: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(s.rate_window_started_at + (e.rate_limit->>'windowSeconds')::float8 * interval '1 second' > ${at}
        AND s.rate_window_started_at <= ${at} + interval '1 minute')`;
}

/** Leases deliveries of locked endpoints: each gives its oldest first, and all have one before any has two. */
export function takeDeliveries(
  tables: Tables,
  endpoints: readonly SeenEndpointRow[],
  request: ClaimRequest,
): RawBuilder<unknown> {
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
      FROM json_to_recordset(${jsonRows(endpoints.map((endpoint, place) => ({ ...endpoint, place })))}) AS l(tenant_id text, endpoint_id uuid, place integer,
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
function countAgainstRates(tables: Tables, endpoints: readonly SeenEndpointRow[]): RawBuilder<unknown> {
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
function withSlowLimit(
  tables: Tables,
  endpoints: readonly SeenEndpointRow[],
  slotsForSlow: number,
): RawBuilder<unknown> {
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
