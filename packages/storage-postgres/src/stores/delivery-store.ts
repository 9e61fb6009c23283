import { publicIdToUuid, uuidToPublicId } from "@tenon/core/encoding";
import type { AttemptRecord, DeliveryRecord, DeliveryStore } from "@tenon/core/ports";
import { deriveDeliveryState, type FailureReason, type FinalDeliveryState } from "@tenon/core/webhooks";
import { pageStart } from "../sql/ids.js";
import { integer, now, text, uuid } from "../sql/parameters.js";
import { asRecords, toDate, toOptionalDate } from "../sql/records.js";
import { type Sql, sql } from "../sql/sql.js";
import { deliveryPage } from "./delivery-page.js";
import type { StoreContext } from "./store-context.js";

interface DeliveryRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly message_id: string;
  readonly endpoint_id: string;
  readonly state: FinalDeliveryState | null;
  readonly attempt_count: number;
  readonly failure_reason: FailureReason | null;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly due_at: string | null;
  readonly lease_is_live: boolean | null;
  readonly endpoint_is_disabled: boolean | null;
  readonly endpoint_deleted_at: string | null;
}

interface AttemptRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly delivery_id: string;
  readonly endpoint_id: string;
  readonly attempt_number: number;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly succeeded: boolean;
  readonly failure_reason: FailureReason | null;
  readonly error: string | null;
  readonly response_status: number | null;
  readonly response_headers: Readonly<Record<string, string>> | null;
  readonly response_body: string | null;
}

/** Deliveries as they are shown: what is final from `deliveries`, what isn't from the queue. */
export function createDeliveryStore({ session, tables }: StoreContext): DeliveryStore {
  const select = (operation: string, at: Date | undefined, page: Sql) =>
    session.records<DeliveryRow>(
      operation,
      asRecords(sql`
        SELECT d.tenant_id, d.id, d.message_id, d.endpoint_id, d.state, d.failure_reason, d.created_at, d.finished_at,
          coalesce(d.attempt_count, q.attempt_number, 0) AS attempt_count, q.due_at,
          q.lease_expires_at > ${now(at)} AS lease_is_live, e.disabled_at IS NOT NULL AS endpoint_is_disabled,
          e.deleted_at AS endpoint_deleted_at
        FROM (${page}) d
        LEFT JOIN ${tables.deliveryQueue} q ON d.state IS NULL AND q.tenant_id = d.tenant_id AND q.delivery_id = d.id
        LEFT JOIN ${tables.endpoints} e ON e.tenant_id = d.tenant_id AND e.id = d.endpoint_id
        ORDER BY d.id DESC`),
    );

  return {
    find: async ({ tenantId, deliveryId, now: at }) => {
      const id = publicIdToUuid("dlv", deliveryId);
      if (id === undefined) return undefined;
      const one = sql`SELECT * FROM ${tables.deliveries} WHERE tenant_id = ${text(tenantId)} AND id = ${uuid(id)}`;
      const [row] = await select("deliveries.find", at, one);
      return row === undefined ? undefined : toDelivery(row);
    },

    list: async ({ tenantId, limit, cursor, endpointId, messageId, state, now: at }) => {
      const start = pageStart("dlv", cursor);
      const endpoint = pageFilter("ep", endpointId);
      const message = pageFilter("msg", messageId);
      if (start === undefined || endpoint === "none" || message === "none") return [];
      const page = deliveryPage(tables, {
        tenantId,
        limit,
        state,
        now: at,
        before: start.before,
        endpointUuid: endpoint,
        messageUuid: message,
      });
      return (await select("deliveries.list", at, page)).map(toDelivery);
    },

    count: async ({ tenantId, state, endpointId, limit, now: at }) => {
      const endpointUuid = pageFilter("ep", endpointId);
      if (endpointUuid === "none") return 0;
      const page = deliveryPage(tables, { tenantId, state, endpointUuid, limit, now: at });
      const query = sql`SELECT count(*) AS count FROM (${page}) counted`;
      const [row] = await session.records<{ readonly count: number }>("deliveries.count", asRecords(query));
      return row?.count ?? 0;
    },

    listAttempts: async ({ tenantId, deliveryId, limit }) => {
      const id = publicIdToUuid("dlv", deliveryId);
      if (id === undefined) return [];
      const query = sql`SELECT * FROM ${tables.attempts}
        WHERE tenant_id = ${text(tenantId)} AND delivery_id = ${uuid(id)}
        ORDER BY attempt_number DESC, id DESC LIMIT ${integer(limit)}`;
      const lastFirst = await session.records<AttemptRow>("deliveries.listAttempts", asRecords(query));
      return lastFirst.map(toAttempt).reverse();
    },
  };
}

/** The UUID to filter by; "none" when the id can't be one's, so that nothing matches. */
function pageFilter(prefix: "ep" | "msg", id: string | undefined): string | undefined {
  return id === undefined ? undefined : (publicIdToUuid(prefix, id) ?? "none");
}

function toDelivery(row: DeliveryRow): DeliveryRecord {
  const state = deriveDeliveryState({
    finalState: row.state ?? undefined,
    leaseIsLive: row.lease_is_live ?? false,
    endpointIsDisabled: row.endpoint_is_disabled ?? false,
    endpointIsDeleted: row.endpoint_deleted_at !== null,
    attemptCount: row.attempt_count,
  });
  const finishedAt = row.finished_at ?? (state === "cancelled" ? row.endpoint_deleted_at : null);
  return {
    tenantId: row.tenant_id,
    id: uuidToPublicId("dlv", row.id),
    messageId: uuidToPublicId("msg", row.message_id),
    endpointId: uuidToPublicId("ep", row.endpoint_id),
    state,
    attemptCount: row.attempt_count,
    createdAt: toDate(row.created_at),
    nextAttemptAt: state === "cancelled" ? undefined : toOptionalDate(row.due_at),
    finishedAt: toOptionalDate(finishedAt),
    failureReason: row.failure_reason ?? undefined,
  };
}

function toAttempt(row: AttemptRow): AttemptRecord {
  return {
    tenantId: row.tenant_id,
    id: uuidToPublicId("att", row.id),
    deliveryId: uuidToPublicId("dlv", row.delivery_id),
    endpointId: uuidToPublicId("ep", row.endpoint_id),
    attemptNumber: row.attempt_number,
    startedAt: toDate(row.started_at),
    durationMs: row.duration_ms,
    succeeded: row.succeeded,
    failureReason: row.failure_reason ?? undefined,
    error: row.error ?? undefined,
    responseStatus: row.response_status ?? undefined,
    responseHeaders: row.response_headers ?? undefined,
    responseBody: row.response_body ?? undefined,
  };
}
