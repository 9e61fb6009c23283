import { StorageError } from "@tenon/core/errors";
import type {
  PutIfAbsentOutcome,
  ShortLivedEntry,
  ShortLivedKey,
  ShortLivedQuestion,
  ShortLivedStore,
} from "@tenon/core/ports";
import { integer, now, text } from "../sql/parameters.js";
import { returnedAsRecords } from "../sql/records.js";
import { type Sql, sql } from "../sql/sql.js";
import type { StoreContext } from "./store-context.js";

interface ValueRow {
  readonly value: string;
}

/** Between finding a value and reading it others may take it; so often in a row only if something is wrong. */
const MOST_TRIES = 20;

/** Small values with an end, in `short_lived`. Inside a transaction they come and go with it. */
export function createShortLivedStore({ session, tables }: StoreContext): ShortLivedStore {
  async function read(operation: string, question: ShortLivedQuestion): Promise<string | undefined> {
    const [row] = await session.records<ValueRow>(
      operation,
      sql`
      SELECT json_build_object('value', stored.value)::text AS record FROM ${tables.shortLived} AS stored
      WHERE ${isAt(question)} AND stored.expires_at > ${now(question.now)}`,
    );
    return row?.value;
  }

  /** One row's write. `unless` keeps a stored row as it is, and nothing is returned then. */
  function upsert(entry: ShortLivedEntry, unless: Sql): Sql {
    const { tenantId, purpose, key, value, expiresInSeconds } = entry;
    return returnedAsRecords(sql`
      INSERT INTO ${tables.shortLived} AS stored (tenant_id, purpose, key, value, expires_at)
      VALUES (${text(tenantId)}, ${text(purpose)}, ${text(key)}, ${text(value)},
        ${now(entry.now)} + make_interval(secs => ${integer(expiresInSeconds)}))
      ON CONFLICT (tenant_id, purpose, key)
        DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at ${unless}
      RETURNING true AS stored`);
  }

  return {
    put: async (entry) => {
      await session.records("shortLived.put", upsert(entry, sql``));
    },

    putIfAbsent: async (entry): Promise<PutIfAbsentOutcome> => {
      const operation = "shortLived.putIfAbsent";
      const insertion = upsert(entry, sql`WHERE stored.expires_at <= ${now(entry.now)}`);
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const [written] = await session.records(operation, insertion);
        if (written !== undefined) return { stored: true };
        // A statement of its own: the one before doesn't see what was committed while it waited.
        const existing = await read(operation, entry);
        if (existing !== undefined) return { stored: false, existing };
      }
      throw new StorageError("STORAGE_FAILED", `${operation} failed: others kept taking the value`, {
        operation,
        retryable: true,
      });
    },

    get: (question) => read("shortLived.get", question),

    take: async (question) => {
      const deletion = sql`DELETE FROM ${tables.shortLived} AS stored
        WHERE ${isAt(question)} AND stored.expires_at > ${now(question.now)} RETURNING stored.value`;
      const [row] = await session.records<ValueRow>("shortLived.take", returnedAsRecords(deletion));
      return row?.value;
    },

    delete: async (key) => {
      await session.records(
        "shortLived.delete",
        sql`DELETE FROM ${tables.shortLived} AS stored WHERE ${isAt(key)}`,
      );
    },

    prune: async ({ limit, now: at }) => {
      const deletion = sql`
        WITH ended AS MATERIALIZED (
          SELECT tenant_id, purpose, key FROM ${tables.shortLived} WHERE expires_at <= ${now(at)}
          ORDER BY expires_at LIMIT ${integer(limit)} FOR UPDATE SKIP LOCKED
        ), gone AS (
          DELETE FROM ${tables.shortLived} AS stored USING ended
          WHERE stored.tenant_id = ended.tenant_id AND stored.purpose = ended.purpose AND stored.key = ended.key
          RETURNING 1
        )
        SELECT json_build_object('count', count(*))::text AS record FROM gone`;
      const [row] = await session.records<{ readonly count: number }>("shortLived.prune", deletion);
      return row?.count ?? 0;
    },
  };
}

function isAt({ tenantId, purpose, key }: ShortLivedKey): Sql {
  return sql`stored.tenant_id = ${text(tenantId)} AND stored.purpose = ${text(purpose)} AND stored.key = ${text(key)}`;
}
