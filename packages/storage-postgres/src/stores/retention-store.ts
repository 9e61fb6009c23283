import { publicIdToUuid, uuidToPublicId } from "@tenon/core/encoding";
import type { RetentionStore } from "@tenon/core/ports";
import type { Session } from "../connect/session.js";
import { text } from "../sql/parameters.js";
import { asRecords, toDate } from "../sql/records.js";
import { type Sql, sql } from "../sql/sql.js";
import {
  findOldMessages,
  listTenantsStatement,
  type OldMessageRow,
  removeEndpoints,
  removeMessages,
  removeUsage,
} from "./retention-statements.js";
import type { StoreContext } from "./store-context.js";

/** Whatever a removal meets, it gives way. */
const LOCK_TIMEOUT_MS = 1_000;

/** Removal of what is old, in short transactions of which one runs at a time. */
export function createRetentionStore(context: StoreContext): RetentionStore {
  const { session, tables } = context;

  /** Runs `work` unless another process is at it. The lock is the transaction's: poolers know no other. */
  const alone = <T>(operation: string, work: (inside: Session) => Promise<T>): Promise<T | undefined> =>
    session.transaction(operation, async (inside) => {
      const [lock] = await inside.records<{ readonly held: boolean }>(operation, tryLock(context));
      return lock?.held === true ? work(inside) : undefined;
    });

  const removeCounted = (operation: string, statement: Sql) =>
    alone(operation, async (inside) => {
      const [row] = await inside.records<{ readonly count: number }>(operation, statement);
      return row?.count ?? 0;
    });

  return {
    listTenants: async ({ limit, after }) => {
      const rows = await session.records<{ readonly tenant_id: string; readonly oldest_at: string }>(
        "retention.listTenants",
        asRecords(listTenantsStatement(tables, { limit, after })),
      );
      return rows.map((row) => ({ tenantId: row.tenant_id, oldestAt: toDate(row.oldest_at) }));
    },

    pruneMessages: ({ tenantId, cursor, ...request }) => {
      const operation = "retention.pruneMessages";
      const afterUuid = cursor === undefined ? undefined : publicIdToUuid("msg", cursor);
      return alone(operation, async (inside) => {
        const search = { tenantId, afterUuid, ...request };
        const looked = await inside.records<OldMessageRow>(
          operation,
          asRecords(findOldMessages(tables, search)),
        );
        const ended = looked.filter((row) => row.ended).map(({ id }) => id);
        const last = looked.at(-1);
        const end = {
          cursor: last === undefined ? cursor : uuidToPublicId("msg", last.id),
          isOver: looked.length < request.limit,
        };
        if (ended.length === 0) return { messages: 0, deliveries: 0, attempts: 0, ...end };
        const [removed] = await inside.records<{
          readonly messages: number;
          readonly deliveries: number;
          readonly attempts: number;
        }>(operation, removeMessages(tables, ended, search));
        const counts = removed ?? { messages: 0, deliveries: 0, attempts: 0 };
        return counts.deliveries < request.limit
          ? { ...counts, ...end }
          : { ...counts, cursor, isOver: false };
      });
    },

    pruneEndpoints: (request) => removeCounted("retention.pruneEndpoints", removeEndpoints(tables, request)),

    pruneUsage: (request) => removeCounted("retention.pruneUsage", removeUsage(tables, request)),
  };
}

function tryLock({ keyChannel }: StoreContext): Sql {
  // The channel's name is the schema's own: each schema has a lock of its own.
  const name = text(`tenon.retention.${keyChannel}`);
  return sql`SELECT json_build_object('held', pg_try_advisory_xact_lock(hashtextextended(${name}, 0)),
    'lock_timeout', set_config('lock_timeout', ${text(String(LOCK_TIMEOUT_MS))}, true))::text AS record`;
}
