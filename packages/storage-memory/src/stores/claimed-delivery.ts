import type { ClaimedDelivery } from "@tenon/core/ports";
import { scopeKey } from "../table/composite-key.js";
import type { EndpointRow, QueueRow, Tables } from "../tables.js";
import { signingSecrets } from "./signing-secrets.js";

/** Gathers what an attempt at a leased delivery needs. */
export function createClaimedDelivery(
  tables: Tables,
  {
    row,
    endpoint,
    leaseToken,
    now,
  }: {
    readonly row: QueueRow;
    readonly endpoint: EndpointRow;
    readonly leaseToken: string;
    readonly now: Date;
  },
): ClaimedDelivery {
  const { tenantId, deliveryId, messageId, endpointId } = row;
  const state = tables.endpointStates.get(scopeKey(tenantId, endpointId));
  return {
    tenantId,
    deliveryId,
    messageId,
    endpointId,
    attemptNumber: row.attemptCount + 1,
    attemptsBefore: row.attemptsBefore,
    leaseToken,
    payload: tables.messages.get(scopeKey(tenantId, messageId))?.payload ?? "",
    url: endpoint.url,
    endpointRevision: endpoint.revision,
    retrySchedule: endpoint.retrySchedule,
    timeoutMs: endpoint.timeoutMs,
    sealedHeaders: endpoint.sealedHeaders,
    signing: endpoint.signing,
    secrets: signingSecrets(tables, row, now),
    failing:
      state?.failingSince === undefined
        ? undefined
        : { since: state.failingSince, warned: state.warnedAt !== undefined },
  };
}
