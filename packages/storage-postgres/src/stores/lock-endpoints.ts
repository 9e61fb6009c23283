import { integer, jsonRows, now, text, uuid } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
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
export function lockEndpoints(tables: Tables, search: EndpointSearch): Sql {
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
function seenEndpoints(tables: Tables, { after, messages, looks }: EndpointSearch): Sql {
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
function rateRoom(at: Date | undefined): Sql {
  return sql`(e.rate_limit->>'limit')::integer - CASE WHEN ${windowIsOpen(now(at))} THEN s.rate_window_count ELSE 0 END`;
}

/** One that seems to begin far ahead was opened before the clock was set back, and would be open for as long. */
export function windowIsOpen(at: Sql): Sql {
  return sql`(s.rate_window_started_at + (e.rate_limit->>'windowSeconds')::float8 * interval '1 second' > ${at}
        AND s.rate_window_started_at <= ${at} + interval '1 minute')`;
}
