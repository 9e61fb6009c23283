import type { DeliveryQueue } from "@tenon/core/ports";
import { sql } from "kysely";
import { integer, now } from "../sql/parameters.js";
import { toOptionalDate } from "../sql/records.js";
import { claimDeliveries } from "./claim.js";
import { settleDeliveries } from "./settle.js";
import type { StoreContext } from "./store-context.js";

interface PromotedRow {
  readonly promoted: number;
  readonly next_due_at: string | null;
}

/** The queue of deliveries that are not final. */
export function createDeliveryQueue(context: StoreContext): DeliveryQueue {
  const { session, tables } = context;
  return {
    promote: async ({ limit, now: at }) => {
      const statement = sql`
        WITH clock AS MATERIALIZED (SELECT ${now(at)} AS now),
        due AS MATERIALIZED (
          SELECT tenant_id, delivery_id FROM ${tables.deliveryQueue}
          WHERE NOT ready AND lease_token IS NULL AND due_at <= (SELECT now FROM clock)
          ORDER BY due_at LIMIT ${integer(limit)} FOR UPDATE SKIP LOCKED
        ),
        expired AS MATERIALIZED (
          SELECT tenant_id, delivery_id FROM ${tables.deliveryQueue}
          WHERE lease_token IS NOT NULL AND lease_expires_at <= (SELECT now FROM clock)
          ORDER BY lease_expires_at LIMIT ${integer(limit)} FOR UPDATE SKIP LOCKED
        ),
        promoted AS (
          UPDATE ${tables.deliveryQueue} q SET ready = true, lease_token = NULL, lease_expires_at = NULL
          FROM (SELECT * FROM due UNION ALL SELECT * FROM expired) c
          WHERE q.tenant_id = c.tenant_id AND q.delivery_id = c.delivery_id
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
      const [row] = await session.records<PromotedRow>("queue.promote", statement);
      return { promotedCount: row?.promoted ?? 0, nextDueAt: toOptionalDate(row?.next_due_at ?? null) };
    },

    claim: (request) => claimDeliveries(context, request),
    settle: ({ settlements, now: at }) => settleDeliveries(context, settlements, at),
  };
}
