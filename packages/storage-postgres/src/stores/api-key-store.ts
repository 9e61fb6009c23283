import { publicIdToUuid, uuidToPublicId } from "@tenon/core/encoding";
import { ConflictError } from "@tenon/core/errors";
import type { ApiKeyRecord, ApiKeyStore } from "@tenon/core/ports";
import type { RateLimit } from "@tenon/core/rate-limit";
import { sql } from "kysely";
import { pageStart, requireUuid } from "../sql/ids.js";
import { instant, integer, jsonb, now, text, uuid } from "../sql/parameters.js";
import { asRecords, returnedAsRecords, toDate, toOptionalDate } from "../sql/records.js";
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
}

const COLUMNS = sql`tenant_id, id, encode(hash, 'hex') AS hash, prefix, environment, start, name, owner_id, scopes,
  limits, ip_allowlist, metadata, created_at, not_before, expires_at, disabled_at, revoked_at`;

/** API keys in `api_keys`: one table for all tenants, with a unique hash. */
export function createApiKeyStore({ session, tables }: StoreContext): ApiKeyStore {
  return {
    insert: async ({ key, now: at }) => {
      // ON CONFLICT instead of a caught error: after an SQL error the host's transaction would be lost.
      const insertion = sql`
        INSERT INTO ${tables.apiKeys} (tenant_id, id, hash, prefix, environment, start, name, owner_id, scopes, limits,
          ip_allowlist, metadata, created_at, not_before, expires_at)
        VALUES (${text(key.tenantId)}, ${uuid(requireUuid("key", key.id))}, decode(${text(key.hash)}, 'hex'),
          ${text(key.prefix)}, ${text(key.environment)}, ${text(key.start)}, ${text(key.name)}, ${text(key.ownerId)},
          ${jsonb(key.scopes)}, ${jsonb(key.limits)}, ${jsonb(key.ipAllowlist)}, ${jsonb(key.metadata)}, ${now(at)},
          ${instant(key.notBefore)}, ${instant(key.expiresAt)})
        ON CONFLICT DO NOTHING
        RETURNING ${COLUMNS}`;
      const [row] = await session.records<ApiKeyRow>("apiKeys.insert", returnedAsRecords(insertion));
      if (row === undefined) throw new ConflictError("an API key with this hash or id exists already");
      return toApiKey(row);
    },

    findByHash: async ({ hash }) => {
      if (!/^(?:[0-9a-f]{2})+$/.test(hash)) return undefined;
      const query = sql`SELECT ${COLUMNS} FROM ${tables.apiKeys} WHERE hash = decode(${text(hash)}, 'hex')`;
      return optionalKey(await session.records<ApiKeyRow>("apiKeys.findByHash", asRecords(query)));
    },

    find: async ({ tenantId, keyId }) => {
      const id = publicIdToUuid("key", keyId);
      if (id === undefined) return undefined;
      const query = sql`SELECT ${COLUMNS} FROM ${tables.apiKeys}
        WHERE tenant_id = ${text(tenantId)} AND id = ${uuid(id)}`;
      return optionalKey(await session.records<ApiKeyRow>("apiKeys.find", asRecords(query)));
    },

    list: async ({ tenantId, limit, cursor }) => {
      const start = pageStart("key", cursor);
      if (start === undefined) return [];
      const older = start.before === undefined ? sql`` : sql`AND id < ${uuid(start.before)}`;
      const query = sql`SELECT ${COLUMNS} FROM ${tables.apiKeys}
        WHERE tenant_id = ${text(tenantId)} ${older} ORDER BY id DESC LIMIT ${integer(limit)}`;
      return (await session.records<ApiKeyRow>("apiKeys.list", asRecords(query))).map(toApiKey);
    },

    revoke: async ({ tenantId, keyId, now: at }) => {
      const id = publicIdToUuid("key", keyId);
      if (id === undefined) return undefined;
      const update = sql`UPDATE ${tables.apiKeys} SET revoked_at = coalesce(revoked_at, ${now(at)})
        WHERE tenant_id = ${text(tenantId)} AND id = ${uuid(id)}
        RETURNING ${COLUMNS}`;
      return optionalKey(await session.records<ApiKeyRow>("apiKeys.revoke", returnedAsRecords(update)));
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
  };
}
