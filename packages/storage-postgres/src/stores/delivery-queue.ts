import { publicIdToUuid } from "@tenon/core/encoding";
import type { DeliveryQueue } from "@tenon/core/ports";
import { float, integer, now } from "../sql/parameters.js";
import { toOptionalDate } from "../sql/records.js";
import { sql } from "../sql/sql.js";
import { cancelBacklog, cancelChosen } from "./cancel-statements.js";
import { claimDeliveries, toClaimedDelivery } from "./claim.js";
import { findOldestDue } from "./oldest-due.js";
import { settleDeliveries } from "./settle.js";
import type { StoreContext } from "./store-context.js";
import { type ClaimedRow, takeOneDelivery } from "./take-deliveries.js";

interface PromotedRow {
  readonly promoted: number;
  readonly next_due_at: string | null;
}

/** The queue of deliveries that are not final. */
export function createDeliveryQueue(context: StoreContext): DeliveryQueue {
  const { session, tables } = context;
  return {
    promote: async ({ limit, leasesEndedWithinMs, now: at }) => {
      const endedLately =
        leasesEndedWithinMs === undefined
          ? sql``
          : sql`AND lease_expires_at >= (SELECT now FROM clock) - ${float(leasesEndedWithinMs)} * interval '1 millisecond'`;
      const statement = sql`
        WITH clock AS MATERIALIZED (SELECT ${now(at)} AS now),
        due AS MATERIALIZED (
          SELECT tenant_id, endpoint_id, ctid AS at FROM ${tables.deliveryQueue}
          WHERE NOT ready AND lease_token IS NULL AND due_at <= (SELECT now FROM clock)
          ORDER BY due_at LIMIT ${integer(limit)} FOR UPDATE SKIP LOCKED
        ),
        expired AS MATERIALIZED (
          SELECT tenant_id, endpoint_id, ctid AS at FROM ${tables.deliveryQueue}
          WHERE lease_token IS NOT NULL AND lease_expires_at <= (SELECT now FROM clock) ${endedLately}
          ORDER BY lease_expires_at LIMIT ${integer(limit)} FOR UPDATE SKIP LOCKED
        ),
        ripe AS MATERIALIZED (
          SELECT c.*, EXISTS (
            SELECT 1 FROM ${tables.endpoints} e
            WHERE e.tenant_id = c.tenant_id AND e.id = c.endpoint_id AND e.deleted_at IS NOT NULL
          ) AS orphan
          FROM (SELECT * FROM due UNION ALL SELECT * FROM expired) c
        ),
        chosen AS (SELECT * FROM ripe WHERE orphan),
        ${cancelChosen(tables, sql`(SELECT now FROM clock)`)},
        promoted AS (
          UPDATE ${tables.deliveryQueue} q SET ready = true, lease_token = NULL, lease_expires_at = NULL
          FROM ripe
          WHERE q.ctid = ripe.at AND coalesce(q.tenant_id = ripe.tenant_id, false) AND NOT ripe.orphan
          RETURNING 1
        )
        SELECT json_build_object(
          'promoted', (SELECT count(*) FROM promoted),
          -- A full batch may have left more that is due already.
          'next_due_at', CASE WHEN (SELECT count(*) FROM due) >= ${integer(limit)}
            AND EXISTS (
              SELECT 1 FROM ${tables.deliveryQueue}
              WHERE NOT ready AND lease_token IS NULL AND due_at <= (SELECT now FROM clock)
              OFFSET ${integer(limit)} LIMIT 1
            )
            THEN (SELECT now FROM clock)
            ELSE (
              SELECT min(due_at) FROM ${tables.deliveryQueue}
              WHERE NOT ready AND lease_token IS NULL AND due_at > (SELECT now FROM clock)
            ) END
        )::text AS record`;
      const [row] = await session.transaction("queue.promote", (inside) =>
        inside.records<PromotedRow>("queue.promote", statement),
      );
      return { promotedCount: row?.promoted ?? 0, nextDueAt: toOptionalDate(row?.next_due_at ?? null) };
    },

    claim: (request) => claimDeliveries(context, request),

    claimOne: async ({ tenantId, deliveryId, ...request }) => {
      const deliveryUuid = publicIdToUuid("dlv", deliveryId);
      if (deliveryUuid === undefined) return undefined;
      const statement = takeOneDelivery(tables, { tenantId, deliveryUuid, ...request });
      const [row] = await session.records<ClaimedRow>("queue.claimOne", statement);
      return row === undefined ? undefined : toClaimedDelivery(row);
    },

    oldestDue: ({ now: at }) => findOldestDue(context, at),

    cancel: async ({ endpointId, ...request }) => {
      const endpointUuid = publicIdToUuid("ep", endpointId);
      if (endpointUuid === undefined) return 0;
      const statement = cancelBacklog(tables, { endpointUuid, ...request });
      const [row] = await session.records<{ readonly count: number }>("queue.cancel", statement);
      return row?.count ?? 0;
    },

    settle: ({ settlements, now: at }) => settleDeliveries(context, settlements, at),
  };
}
