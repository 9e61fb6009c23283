import { publicIdToUuid, uuidToPublicId } from "@tenon/core/encoding";
import type { ClaimedDelivery, ClaimOutcome, ClaimRequest, MessageReference } from "@tenon/core/ports";
import { asRecords, toDate } from "../sql/records.js";
import { cancelReady } from "./cancel-statements.js";
import { formatClaimCursor, parseClaimCursor } from "./claim-cursor.js";
import { decodeSealedHeaders } from "./endpoint-rows.js";
import { lockEndpoints, type SeenEndpointRow } from "./lock-endpoints.js";
import type { StoreContext } from "./store-context.js";
import { type ClaimedRow, takeDeliveries } from "./take-deliveries.js";

/** Endpoints looked at per slot: some are disabled, paused, full or in another runner's hands. */
const ENDPOINTS_PER_SLOT = 4;
const FEWEST_ENDPOINTS = 32;
const MOST_ENDPOINTS = 256;
/** Endpoints locked at least, however few slots are free: some have no room, and each look costs a round trip. */
const FEWEST_LOCKS = 8;

/**
 * Two statements in one short transaction. The first locks the endpoints' state rows; the
 * second, which therefore sees every lease that was taken under those locks before, counts the live leases and takes
 * deliveries.
 */
export function claimDeliveries(
  { session, tables }: StoreContext,
  request: ClaimRequest,
): Promise<ClaimOutcome> {
  if (request.slots < 1)
    return Promise.resolve({ deliveries: [], cursor: request.cursor, mayHaveMore: true });
  const looks = Math.min(MOST_ENDPOINTS, Math.max(FEWEST_ENDPOINTS, request.slots * ENDPOINTS_PER_SLOT));
  const locks = Math.min(looks, Math.max(FEWEST_LOCKS, request.slots));
  return session.transaction("queue.claim", async (inside) => {
    const lock = lockEndpoints(tables, {
      after: parseClaimCursor(request.cursor),
      messages: request.messages?.flatMap(toMessageRow),
      looks,
      locks,
      at: request.now,
    });
    const seen = await inside.records<SeenEndpointRow>("queue.claim", asRecords(lock));
    const deleted = seen.filter((endpoint) => endpoint.deleted);
    if (deleted.length > 0) await inside.records("queue.claim", cancelReady(tables, deleted, request.now));
    const locked = seen.filter((endpoint) => endpoint.locked);
    const rows =
      locked.length === 0
        ? []
        : await inside.records<ClaimedRow>("queue.claim", takeDeliveries(tables, locked, request));
    const lastSeen = seen.at(-1);
    const lastLooked = lastWithTurn({ seen, locked, rows, slots: request.slots, locks });
    const atTheEnd = lastLooked === undefined || (lastLooked === lastSeen && seen.length < looks);
    return {
      deliveries: rows.map(toClaimedDelivery),
      cursor:
        atTheEnd || request.messages !== undefined
          ? undefined
          : formatClaimCursor({ tenantId: lastLooked.tenant_id, endpointUuid: lastLooked.endpoint_id }),
      mayHaveMore: !atTheEnd || seen.some((endpoint) => endpoint.passed_over) || !areEmptied(locked, rows),
    };
  });
}

/** Whether each endpoint gave fewer than it was asked for. */
function areEmptied(locked: readonly SeenEndpointRow[], rows: readonly ClaimedRow[]): boolean {
  return locked.every((_, place) => {
    const own = rows.filter((row) => row.place === place);
    return own.some(({ asked }) => own.length < asked);
  });
}

function toMessageRow({ tenantId, messageId }: MessageReference) {
  const uuid = publicIdToUuid("msg", messageId);
  return uuid === undefined ? [] : [{ tenant_id: tenantId, message_id: uuid }];
}

/** The last endpoint that had its turn: those after it are the next claim's first. */
function lastWithTurn({
  seen,
  locked,
  rows,
  slots,
  locks,
}: {
  readonly seen: readonly SeenEndpointRow[];
  readonly locked: readonly SeenEndpointRow[];
  readonly rows: readonly ClaimedRow[];
  readonly slots: number;
  readonly locks: number;
}): SeenEndpointRow | undefined {
  if (rows.length >= slots) {
    const places = rows.map(({ place }) => place);
    return locked[Math.max(...places)];
  }
  return locked.length >= locks ? locked.at(-1) : seen.at(-1);
}

export function toClaimedDelivery(row: ClaimedRow): ClaimedDelivery {
  return {
    tenantId: row.tenant_id,
    deliveryId: uuidToPublicId("dlv", row.delivery_id),
    messageId: uuidToPublicId("msg", row.message_id),
    endpointId: uuidToPublicId("ep", row.endpoint_id),
    attemptNumber: row.attempt_number,
    attemptsBefore: row.attempts_before,
    leaseToken: row.lease_token,
    payload: row.payload ?? "",
    url: row.url,
    endpointRevision: row.revision,
    retrySchedule: row.retry_schedule ?? undefined,
    timeoutMs: row.timeout_ms ?? undefined,
    sealedHeaders: decodeSealedHeaders(row.sealed_headers),
    signing: row.signing,
    secrets: (row.secrets ?? []).map(({ id, sealed }) => ({ id: uuidToPublicId("sec", id), sealed })),
    failing:
      row.failing_since === null
        ? undefined
        : { since: toDate(row.failing_since), warned: row.warned === true },
  };
}
