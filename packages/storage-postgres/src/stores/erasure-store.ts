import type { ErasedRecords, ErasureStore } from "@tenon/core/ports";
import { integer, now, text } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";
import { revokeTenantStatement } from "./api-key-statements.js";
import type { StoreContext } from "./store-context.js";

/** A tenant's records, in the order in which they go: what names another first. */
export const ERASED_TABLES = [
  ["deliveryQueue", "others"],
  ["attempts", "attempts"],
  ["deliveries", "deliveries"],
  ["messages", "messages"],
  ["endpointSecrets", "others"],
  ["endpointStates", "others"],
  ["endpoints", "endpoints"],
  ["apiKeyUsage", "others"],
  ["apiKeys", "apiKeys"],
  ["shortLived", "others"],
  ["auditRecords", "others"],
] as const satisfies readonly (readonly [table: keyof Tables, kind: keyof ErasedRecords])[];

/** Removes tenants, a bounded statement for each table and step. */
export function createErasureStore(context: StoreContext): ErasureStore {
  const { session, tables } = context;

  const remove = async (statement: Sql) => {
    const [row] = await session.records<{ readonly count: number }>("erasure.erase", statement);
    return row?.count ?? 0;
  };

  return {
    stop: async ({ tenantId, limit, now: at }) => {
      const revoked = await session.records<{ readonly hash: string }>(
        "erasure.stop",
        revokeTenantStatement(context, { tenantId, limit, now: at }),
      );
      const [deleted] = await session.records<{ readonly count: number }>(
        "erasure.stop",
        deleteEndpoints(tables, { tenantId, limit, now: at }),
      );
      return { revokedHashes: revoked.map(({ hash }) => hash), endpoints: deleted?.count ?? 0 };
    },

    erase: async ({ tenantId, limit }) => {
      const erased = { apiKeys: 0, endpoints: 0, messages: 0, deliveries: 0, attempts: 0, others: 0 };
      for (const [table, kind] of ERASED_TABLES) {
        const count = await remove(eraseStatement(tables, { table, tenantId, limit }));
        erased[kind] += count;
        if (count >= limit) return { ...erased, isOver: false };
      }
      const [left] = await session.records<{ readonly any: boolean }>(
        "erasure.erase",
        anyLeft(tables, tenantId),
      );
      return { ...erased, isOver: left?.any !== true };
    },
  };
}

function deleteEndpoints(
  tables: Tables,
  {
    tenantId,
    limit,
    now: at,
  }: { readonly tenantId: string; readonly limit: number; readonly now?: Date | undefined },
): Sql {
  return sql`
    WITH live AS MATERIALIZED (
      SELECT e.tenant_id, e.id FROM ${tables.endpoints} e
      WHERE e.tenant_id = ${text(tenantId)} AND e.deleted_at IS NULL
      ORDER BY e.id LIMIT ${integer(limit)} FOR NO KEY UPDATE
    ),
    deleted AS (
      UPDATE ${tables.endpoints} e SET deleted_at = ${now(at)}, updated_at = ${now(at)}, revision = e.revision + 1
      FROM live WHERE e.tenant_id = live.tenant_id AND e.id = live.id
      RETURNING 1
    )
    SELECT json_build_object('count', count(*))::text AS record FROM deleted`;
}

/** What others hold is passed over, so that no order of locks can be a deadlock. */
function eraseStatement(
  tables: Tables,
  {
    table,
    tenantId,
    limit,
  }: { readonly table: keyof Tables; readonly tenantId: string; readonly limit: number },
): Sql {
  return sql`
    WITH gone AS (
      DELETE FROM ${tables[table]} WHERE tenant_id = ${text(tenantId)} AND ctid = ANY (ARRAY(
        SELECT r.ctid FROM ${tables[table]} r WHERE r.tenant_id = ${text(tenantId)} ${notNamed(tables, table)}
        LIMIT ${integer(limit)} FOR UPDATE SKIP LOCKED
      ))
      RETURNING 1
    )
    SELECT json_build_object('count', count(*))::text AS record FROM gone`;
}

/** A delivery that was passed over keeps its message and its endpoint, whose foreign keys would refuse. */
function notNamed(tables: Tables, table: keyof Tables): Sql {
  if (table !== "messages" && table !== "endpoints") return sql``;
  const reference = table === "messages" ? sql`d.message_id` : sql`d.endpoint_id`;
  return sql`AND NOT EXISTS (
          SELECT 1 FROM ${tables.deliveries} d WHERE d.tenant_id = r.tenant_id AND ${reference} = r.id
        )`;
}

function anyLeft(tables: Tables, tenantId: string): Sql {
  const questions = ERASED_TABLES.map(
    ([table]) => sql`EXISTS (SELECT 1 FROM ${tables[table]} WHERE tenant_id = ${text(tenantId)})`,
  );
  return sql`SELECT json_build_object('any', ${sql.join(questions, " OR ")})::text AS record`;
}
