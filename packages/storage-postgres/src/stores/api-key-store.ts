import { publicIdToUuid, uuidToPublicId } from "@tenon/core/encoding";
import { ConflictError, StorageError, TenonError } from "@tenon/core/errors";
import type { ApiKeyRecord, ApiKeyStore } from "@tenon/core/ports";
import type { RateLimit } from "@tenon/core/rate-limit";
import type { Session } from "../connect/session.js";
import { tellKeyChange } from "../notifications/channels.js";
import { pageStart } from "../sql/ids.js";
import { integer, now, text, uuid } from "../sql/parameters.js";
import { asRecords, returnedAsRecords, toDate, toOptionalDate } from "../sql/records.js";
import { type Sql, sql } from "../sql/sql.js";
import {
  changeStatement,
  deleteStatement,
  filterConditions,
  type InsertRequest,
  insertStatement,
  isOneOf,
  KEY_COLUMNS,
  liveCount,
  lockStatement,
  revokeManyStatement,
  rotateStatement,
  updateAssignments,
} from "./api-key-statements.js";
import type { StoreContext } from "./store-context.js";

interface ApiKeyRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly hash: string;
  readonly prefix: string;
  readonly environment: string | null;
  readonly start: string;
  readonly name: string;
  readonly owner_id: string | null;
  readonly scopes: readonly string[];
  readonly limits: readonly RateLimit[];
  readonly ip_allowlist: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly created_at: string;
  readonly not_before: string | null;
  readonly expires_at: string | null;
  readonly disabled_at: string | null;
  readonly revoked_at: string | null;
  readonly rotated_at: string | null;
  readonly last_used_at: string | null;
  readonly predecessor_id: string | null;
  readonly successor_id: string | null;
}

/** API keys in `api_keys`: one table for all tenants, with a unique hash. */
export function createApiKeyStore(context: StoreContext): ApiKeyStore {
  const { session, tables, keyChannel } = context;
  const tellChange = tellKeyChange(keyChannel, sql`changed.hash`);

  /** Stores all keys, or throws and leaves nothing behind, also in a transaction that goes on. */
  async function insertAll(inside: Session, operation: string, request: InsertRequest) {
    const { tenantId, keys, maxLiveKeys } = request;
    if (maxLiveKeys !== undefined) await inside.records(operation, lockStatement(tenantId));
    const insertion = returnedAsRecords(insertStatement(tables, request));
    const rows = await inside.records<ApiKeyRow>(operation, insertion);
    if (rows.length === keys.length) {
      const stored = new Map(rows.map(toApiKey).map((key) => [key.id, key]));
      return keys.map(({ id }) => stored.get(id)).filter((key) => key !== undefined);
    }
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0)
      await inside.records(operation, returnedAsRecords(deleteStatement(tables, tenantId, ids)));
    throw (await isOverCap(inside, operation, request))
      ? new TenonError("LIMIT_EXCEEDED", `this tenant may have ${maxLiveKeys} API keys at most`)
      : new ConflictError("an API key with this hash or id exists already");
  }

  async function isOverCap(inside: Session, operation: string, request: InsertRequest): Promise<boolean> {
    const { tenantId, keys, maxLiveKeys, now: at } = request;
    if (maxLiveKeys === undefined) return false;
    const count = asRecords(liveCount(tables, tenantId, at));
    const [row] = await inside.records<{ readonly count: number }>(operation, count);
    return (row?.count ?? 0) + keys.length > maxLiveKeys;
  }

  /** Changes one key of a tenant's and returns it. */
  async function change(
    operation: string,
    { tenantId, keyId }: { readonly tenantId: string; readonly keyId: string },
    assignments: Sql,
  ): Promise<ApiKeyRecord | undefined> {
    const id = publicIdToUuid("key", keyId);
    if (id === undefined) return undefined;
    const update = changeStatement(tables, { tenantId, id }, assignments);
    return optionalKey(await session.records<ApiKeyRow>(operation, returnedAsRecords(update, tellChange)));
  }

  async function find(operation: string, tenantId: string, id: string): Promise<ApiKeyRecord | undefined> {
    const query = sql`SELECT ${KEY_COLUMNS} FROM ${tables.apiKeys} AS k
      WHERE k.tenant_id = ${text(tenantId)} AND k.id = ${uuid(id)}`;
    return optionalKey(await session.records<ApiKeyRow>(operation, asRecords(query)));
  }

  return {
    insert: async ({ key, maxLiveKeys, now: at }) => {
      const operation = "apiKeys.insert";
      const request = { tenantId: key.tenantId, keys: [key], maxLiveKeys, now: at };
      const [record] =
        maxLiveKeys === undefined
          ? await insertAll(session, operation, request)
          : await session.transaction(operation, (inside) => insertAll(inside, operation, request));
      if (record === undefined) throw missingRow(operation);
      return record;
    },

    insertMany: async (request) => {
      if (request.keys.length === 0) return [];
      const operation = "apiKeys.insertMany";
      return session.transaction(operation, (inside) => insertAll(inside, operation, request));
    },

    findByHash: async ({ hash }) => {
      if (!/^(?:[0-9a-f]{2})+$/.test(hash)) return undefined;
      const query = sql`SELECT ${KEY_COLUMNS} FROM ${tables.apiKeys} AS k WHERE k.hash = decode(${text(hash)}, 'hex')`;
      return optionalKey(await session.records<ApiKeyRow>("apiKeys.findByHash", asRecords(query)));
    },

    find: async ({ tenantId, keyId }) => {
      const id = publicIdToUuid("key", keyId);
      return id === undefined ? undefined : find("apiKeys.find", tenantId, id);
    },

    lock: async ({ tenantId, keyIds }) => {
      const ids = keyIds.map((id) => publicIdToUuid("key", id)).filter((id) => id !== undefined);
      const query = sql`SELECT ${KEY_COLUMNS} FROM ${tables.apiKeys} AS k
        WHERE k.tenant_id = ${text(tenantId)} AND ${isOneOf(ids)}
        -- In one order everywhere: two that wait for each other's keys would be a deadlock.
        ORDER BY k.id FOR NO KEY UPDATE OF k`;
      return (await session.records<ApiKeyRow>("apiKeys.lock", asRecords(query))).map(toApiKey);
    },

    list: async ({ tenantId, limit, cursor, now: at, ...filter }) => {
      const start = pageStart("key", cursor);
      if (start === undefined) return [];
      const older = start.before === undefined ? sql`` : sql`AND k.id < ${uuid(start.before)}`;
      const query = sql`SELECT ${KEY_COLUMNS} FROM ${tables.apiKeys} AS k
        WHERE k.tenant_id = ${text(tenantId)} ${older} ${filterConditions(filter, at)}
        ORDER BY k.id DESC LIMIT ${integer(limit)}`;
      return (await session.records<ApiKeyRow>("apiKeys.list", asRecords(query))).map(toApiKey);
    },

    update: ({ changes, ...one }) => change("apiKeys.update", one, updateAssignments(changes)),

    disable: ({ now: at, ...one }) =>
      change("apiKeys.disable", one, sql`disabled_at = coalesce(k.disabled_at, ${now(at)})`),

    enable: (one) => change("apiKeys.enable", one, sql`disabled_at = NULL`),

    revoke: ({ now: at, ...one }) =>
      change("apiKeys.revoke", one, sql`revoked_at = coalesce(k.revoked_at, ${now(at)})`),

    revokeMany: async ({ tenantId, now: at, ...chosen }) => {
      const choice =
        "keyIds" in chosen
          ? {
              ids: chosen.keyIds.map((id) => publicIdToUuid("key", id)).filter((id) => id !== undefined),
            }
          : chosen;
      const statement = revokeManyStatement(context, tenantId, choice, at);
      return (await session.records<ApiKeyRow>("apiKeys.revokeMany", statement)).map(toApiKey);
    },

    rotate: async ({ tenantId, keyId, ...rotation }) => {
      const id = publicIdToUuid("key", keyId);
      if (id === undefined) return undefined;
      const statement = rotateStatement(context, { tenantId, id }, rotation);
      const rows = await session.records<ApiKeyRow>("apiKeys.rotate", statement);
      const keys = rows.map(toApiKey);
      const predecessor =
        keys.find((key) => key.id === keyId) ?? (await find("apiKeys.rotate", tenantId, id));
      const successor = keys.find((key) => key.id === rotation.successor.id);
      return predecessor === undefined ? undefined : { predecessor, successor };
    },
  };
}

function optionalKey([row]: readonly ApiKeyRow[]): ApiKeyRecord | undefined {
  return row === undefined ? undefined : toApiKey(row);
}

function toApiKey(row: ApiKeyRow): ApiKeyRecord {
  return {
    tenantId: row.tenant_id,
    id: uuidToPublicId("key", row.id),
    hash: row.hash,
    prefix: row.prefix,
    environment: row.environment ?? undefined,
    start: row.start,
    name: row.name,
    ownerId: row.owner_id ?? undefined,
    scopes: row.scopes,
    limits: row.limits,
    ipAllowlist: row.ip_allowlist,
    metadata: row.metadata,
    createdAt: toDate(row.created_at),
    notBefore: toOptionalDate(row.not_before),
    expiresAt: toOptionalDate(row.expires_at),
    disabledAt: toOptionalDate(row.disabled_at),
    revokedAt: toOptionalDate(row.revoked_at),
    rotatedAt: toOptionalDate(row.rotated_at),
    lastUsedAt: toOptionalDate(row.last_used_at),
    predecessorId: toOptionalId(row.predecessor_id),
    successorId: toOptionalId(row.successor_id),
  };
}

function toOptionalId(uuid: string | null): string | undefined {
  return uuid === null ? undefined : uuidToPublicId("key", uuid);
}

function missingRow(operation: string): StorageError {
  return new StorageError("STORAGE_FAILED", `${operation} failed: the database returned no row`, {
    operation,
    retryable: false,
  });
}
