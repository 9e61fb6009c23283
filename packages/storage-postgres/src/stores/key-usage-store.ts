import { publicIdToUuid } from "@tenon/core/encoding";
import type { KeyUsageOutcome, KeyUsageStore } from "@tenon/core/ports";
import { requireUuid } from "../sql/ids.js";
import { instant, jsonRows, text, uuid } from "../sql/parameters.js";
import { asRecords, toDate } from "../sql/records.js";
import { sql } from "../sql/sql.js";
import type { StoreContext } from "./store-context.js";

interface PeriodRow {
  readonly starts_at: string;
  readonly outcome: KeyUsageOutcome;
  readonly count: number;
}

/** Counts of calls in `api_key_usage`, the last use on the key itself. */
export function createKeyUsageStore({ session, tables }: StoreContext): KeyUsageStore {
  return {
    record: async ({ counts, lastUses }) => {
      const countRows = counts.map(({ tenantId, keyId, hour, outcome, count }) => ({
        tenant_id: tenantId,
        key_id: requireUuid("key", keyId),
        hour: hour.toISOString(),
        outcome,
        count,
      }));
      const useRows = lastUses.map(({ tenantId, keyId, usedAt }) => ({
        tenant_id: tenantId,
        key_id: requireUuid("key", keyId),
        used_at: usedAt.toISOString(),
      }));
      await session.records(
        "keyUsage.record",
        sql`
        WITH counted AS (
          INSERT INTO ${tables.apiKeyUsage} AS stored (tenant_id, key_id, hour, outcome, count)
          SELECT given.tenant_id, given.key_id, given.hour, given.outcome, sum(given.count)
          FROM json_to_recordset(${jsonRows(countRows)}) AS given(tenant_id text, key_id uuid, hour timestamptz,
            outcome text, count bigint)
          GROUP BY given.tenant_id, given.key_id, given.hour, given.outcome
          -- In one order everywhere: two that wait for each other's rows would be a deadlock.
          ORDER BY given.tenant_id, given.key_id, given.hour, given.outcome
          ON CONFLICT (tenant_id, key_id, hour, outcome) DO UPDATE SET count = stored.count + excluded.count
        ),
        uses AS MATERIALIZED (
          SELECT given.tenant_id, given.key_id, max(given.used_at) AS used_at
          FROM json_to_recordset(${jsonRows(useRows)}) AS given(tenant_id text, key_id uuid, used_at timestamptz)
          GROUP BY given.tenant_id, given.key_id
        ),
        -- Without waiting: the host may hold a key in a transaction of its own, in an order of its own.
        free AS MATERIALIZED (
          SELECT k.tenant_id, k.id, uses.used_at
          FROM ${tables.apiKeys} AS k JOIN uses ON k.tenant_id = uses.tenant_id AND k.id = uses.key_id
          WHERE k.last_used_at IS NULL OR k.last_used_at < uses.used_at
          FOR NO KEY UPDATE OF k SKIP LOCKED
        ),
        used AS (
          UPDATE ${tables.apiKeys} AS k SET last_used_at = free.used_at FROM free
          WHERE k.tenant_id = free.tenant_id AND k.id = free.id
        )
        SELECT '{}' AS record`,
      );
    },

    read: async ({ tenantId, keyId, from, to, granularity }) => {
      const id = publicIdToUuid("key", keyId);
      if (id === undefined) return [];
      const query = sql`
        SELECT date_trunc(${text(granularity)}, stored.hour, 'UTC') AS starts_at, stored.outcome,
          sum(stored.count)::bigint AS count
        FROM ${tables.apiKeyUsage} AS stored
        WHERE stored.tenant_id = ${text(tenantId)} AND stored.key_id = ${uuid(id)}
          AND stored.hour >= ${instant(from)} AND stored.hour < ${instant(to)}
        GROUP BY 1, 2 ORDER BY 1, 2`;
      const rows = await session.records<PeriodRow>("keyUsage.read", asRecords(query));
      return rows.map(({ starts_at, outcome, count }) => ({ startsAt: toDate(starts_at), outcome, count }));
    },
  };
}
