import type { DeliveryState } from "@tenon/core/webhooks";
import { integer, now, text, uuid } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";

export interface DeliverySearch {
  readonly tenantId: string;
  readonly limit: number;
  /** Deliveries below this one alone. */
  readonly before?: string | undefined;
  readonly endpointUuid?: string | undefined;
  readonly messageUuid?: string | undefined;
  readonly state?: DeliveryState | undefined;
  readonly now?: Date | undefined;
}

/**
 * The newest deliveries that pass, as rows of `deliveries`, newest first. What is final is found there; what isn't, by
 * walking the queue of each endpoint that can show the state, so that neither reads much more than it gives.
 */
export function deliveryPage(tables: Tables, search: DeliverySearch): Sql {
  if (search.messageUuid !== undefined) return ofMessage(tables, search);
  switch (search.state) {
    case undefined:
      return finalPage(tables, search, sql`true`);
    case "succeeded":
      return finalPage(tables, search, sql`d.state = 'succeeded'`);
    case "exhausted":
      // What is exhausted, and nothing else, has a reason: the index of dead letters goes by that.
      return finalPage(tables, search, sql`d.failure_reason IS NOT NULL AND d.state = 'exhausted'`);
    case "cancelled":
      return newest(
        sql`SELECT * FROM (${finalPage(tables, search, sql`d.is_cancelled`)}) final
        UNION ALL SELECT * FROM (${openPage(tables, search, "cancelled")}) left_behind`,
        search,
      );
    default:
      return openPage(tables, search, search.state);
  }
}

function finalPage(tables: Tables, search: DeliverySearch, condition: Sql): Sql {
  return newest(
    sql`SELECT d.* FROM ${tables.deliveries} d
      WHERE d.tenant_id = ${text(search.tenantId)} ${atEndpoint(sql`d.endpoint_id`, search)}
        ${below(sql`d.id`, search)} AND ${condition}`,
    search,
  );
}

/** A message has few deliveries: each is looked at. The states repeat core's `deriveDeliveryState`. */
function ofMessage(tables: Tables, search: DeliverySearch): Sql {
  const state = sql`CASE
        WHEN d.state IS NOT NULL THEN d.state
        WHEN q.lease_expires_at > ${now(search.now)} THEN 'delivering'
        WHEN e.deleted_at IS NOT NULL THEN 'cancelled'
        WHEN e.disabled_at IS NOT NULL THEN 'held'
        WHEN q.attempt_number > 0 THEN 'retrying'
        ELSE 'pending' END`;
  return newest(
    sql`SELECT d.* FROM ${tables.deliveries} d
      LEFT JOIN ${tables.deliveryQueue} q ON d.state IS NULL AND q.tenant_id = d.tenant_id AND q.delivery_id = d.id
      LEFT JOIN ${tables.endpoints} e ON e.tenant_id = d.tenant_id AND e.id = d.endpoint_id
      WHERE d.tenant_id = ${text(search.tenantId)} AND d.message_id = ${uuid(search.messageUuid)}
        ${atEndpoint(sql`d.endpoint_id`, search)} ${below(sql`d.id`, search)}
        ${search.state === undefined ? sql`` : sql`AND ${state} = ${text(search.state)}`}`,
    search,
  );
}

type OpenState = Exclude<DeliveryState, "succeeded" | "exhausted">;

function openPage(tables: Tables, search: DeliverySearch, state: OpenState): Sql {
  const chosen = state === "delivering" ? leased(tables, search) : waiting(tables, search, state);
  return sql`SELECT d.* FROM (${chosen}) chosen
      JOIN ${tables.deliveries} d ON d.tenant_id = chosen.tenant_id AND d.id = chosen.id`;
}

/** Leases are as few as the runners' slots. */
function leased(tables: Tables, search: DeliverySearch): Sql {
  return newest(
    sql`SELECT d.tenant_id, d.delivery_id AS id FROM ${tables.deliveryQueue} d
        WHERE d.tenant_id = ${text(search.tenantId)} ${atEndpoint(sql`d.endpoint_id`, search)}
          ${below(sql`d.delivery_id`, search)} AND d.lease_token IS NOT NULL
          AND d.lease_expires_at > (SELECT ${now(search.now)})`,
    search,
  );
}

const ENDPOINT_SHOWS = {
  pending: sql`e.disabled_at IS NULL AND e.deleted_at IS NULL`,
  retrying: sql`e.disabled_at IS NULL AND e.deleted_at IS NULL`,
  held: sql`e.disabled_at IS NOT NULL AND e.deleted_at IS NULL`,
  cancelled: sql`e.deleted_at IS NOT NULL`,
};

/** The newest of each endpoint, and of those the newest. Two indexes hold the queue: what was tried, and what wasn't. */
function waiting(tables: Tables, search: DeliverySearch, state: keyof typeof ENDPOINT_SHOWS): Sql {
  const inQueue = (tried: Sql) => sql`(
          SELECT q.tenant_id, q.delivery_id AS id FROM ${tables.deliveryQueue} q
          WHERE q.tenant_id = e.tenant_id AND q.endpoint_id = e.id AND ${tried} ${below(sql`q.delivery_id`, search)}
            AND (q.lease_token IS NULL OR q.lease_expires_at <= (SELECT ${now(search.now)}))
          ORDER BY q.delivery_id DESC LIMIT ${integer(search.limit)}
        )`;
  const untried = inQueue(sql`q.attempt_number = 0`);
  const tried = inQueue(sql`q.attempt_number > 0`);
  const own =
    state === "pending" ? untried : state === "retrying" ? tried : sql`${untried} UNION ALL ${tried}`;
  return newest(
    sql`SELECT d.* FROM ${tables.endpoints} e CROSS JOIN LATERAL (${own}) d
        WHERE e.tenant_id = ${text(search.tenantId)} ${atEndpoint(sql`e.id`, search)} AND ${ENDPOINT_SHOWS[state]}`,
    search,
  );
}

function newest(rows: Sql, { limit }: DeliverySearch): Sql {
  return sql`SELECT * FROM (${rows}) newest ORDER BY id DESC LIMIT ${integer(limit)}`;
}

function atEndpoint(column: Sql, { endpointUuid }: DeliverySearch): Sql {
  return endpointUuid === undefined ? sql`` : sql`AND ${column} = ${uuid(endpointUuid)}`;
}

function below(column: Sql, { before }: DeliverySearch): Sql {
  return before === undefined ? sql`` : sql`AND ${column} < ${uuid(before)}`;
}
