import { deriveKeyStatus } from "@tenon/core/api-keys";
import { ConflictError, TenonError } from "@tenon/core/errors";
import type { ApiKeyFilter, ApiKeyRecord, ApiKeyStore, NewApiKey } from "@tenon/core/ports";
import type { Session } from "../session.js";
import { scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { Tables } from "../tables.js";
import { changedKey, rotatedKey, successorOf } from "./api-key-changes.js";
import { snapshot } from "./snapshot.js";
import type { StoreContext } from "./store-context.js";

export function createApiKeyStore(session: Session, { clock }: StoreContext): ApiKeyStore {
  /** Changes one key of a tenant's; a change that gives undefined leaves it as it is. */
  const change = (
    operation: string,
    { tenantId, keyId }: { readonly tenantId: string; readonly keyId: string },
    changeKey: (key: ApiKeyRecord) => ApiKeyRecord | undefined,
  ) =>
    session.write(operation, (tables) => {
      const key = tables.apiKeys.get(scopeKey(tenantId, keyId));
      const changed = key && changeKey(key);
      return changed === undefined ? key : put(tables, changed);
    });

  return {
    insert: ({ key, maxLiveKeys, now = clock.now() }) =>
      session.write("apiKeys.insert", (tables) => {
        refuseBeyond(maxLiveKeys, 1, { tables, tenantId: key.tenantId, now });
        return insertKey(tables, key, now);
      }),

    insertMany: ({ tenantId, keys, maxLiveKeys, now = clock.now() }) =>
      session.write("apiKeys.insertMany", (tables) => {
        refuseBeyond(maxLiveKeys, keys.length, { tables, tenantId, now });
        return keys.map((key) => insertKey(tables, key, now));
      }),

    findByHash: ({ hash }) => session.read("apiKeys.findByHash", (tables) => findByHash(tables, hash)),

    find: ({ tenantId, keyId }) =>
      session.read("apiKeys.find", (tables) => tables.apiKeys.get(scopeKey(tenantId, keyId))),

    // In a transaction no other writer has a turn.
    lock: ({ tenantId, keyIds }) =>
      session.read("apiKeys.lock", (tables) => {
        const found = [...new Set(keyIds)].map((id) => tables.apiKeys.get(scopeKey(tenantId, id)));
        return found.filter((key) => key !== undefined);
      }),

    list: ({ tenantId, limit, cursor, now = clock.now(), ...filter }) =>
      session.read("apiKeys.list", (tables) => {
        const prefix = scopeKey(tenantId);
        const below = cursor === undefined ? undefined : prefix + cursor;
        const keys = tables.apiKeys.descend("byTenant", { prefix, below });
        return take(
          only(keys, (key) => passes(key, filter, now)),
          limit,
        );
      }),

    update: ({ changes, ...one }) =>
      change("apiKeys.update", one, (key) =>
        key.revokedAt === undefined ? changedKey(key, changes) : undefined,
      ),

    disable: ({ now = clock.now(), ...one }) =>
      change("apiKeys.disable", one, (key) => ({ ...key, disabledAt: key.disabledAt ?? now })),

    enable: (one) => change("apiKeys.enable", one, (key) => ({ ...key, disabledAt: undefined })),

    revoke: ({ now = clock.now(), ...one }) =>
      change("apiKeys.revoke", one, (key) => ({ ...key, revokedAt: key.revokedAt ?? now })),

    revokeMany: ({ now = clock.now(), ...request }) =>
      session.write("apiKeys.revokeMany", (tables) =>
        chosenKeys(tables, request).map((key) =>
          key.revokedAt === undefined ? put(tables, { ...key, revokedAt: now }) : key,
        ),
      ),

    rotate: ({ tenantId, keyId, successor, graceSeconds, now = clock.now() }) =>
      session.write("apiKeys.rotate", (tables) => {
        const key = tables.apiKeys.get(scopeKey(tenantId, keyId));
        if (key === undefined) return undefined;
        const isOver = ["revoked", "expired"].includes(
          deriveKeyStatus({ ...key, disabledAt: undefined }, now),
        );
        if (isOver || key.successorId !== undefined) return { predecessor: key, successor: undefined };
        refuseTaken(tables, { tenantId, ...successor });
        return {
          predecessor: put(tables, rotatedKey(key, { successorId: successor.id, graceSeconds, now })),
          successor: put(tables, successorOf(key, successor, now)),
        };
      }),
  };
}

function put(tables: Tables, key: ApiKeyRecord): ApiKeyRecord {
  const record = snapshot(key);
  tables.apiKeys.put(record);
  return record;
}

function insertKey(tables: Tables, key: NewApiKey, now: Date): ApiKeyRecord {
  refuseTaken(tables, key);
  return put(tables, {
    ...key,
    createdAt: now,
    disabledAt: undefined,
    revokedAt: undefined,
    rotatedAt: undefined,
    lastUsedAt: undefined,
    predecessorId: undefined,
    successorId: undefined,
  });
}

function refuseTaken(tables: Tables, key: Pick<NewApiKey, "tenantId" | "id" | "hash">): void {
  if (findByHash(tables, key.hash) ?? tables.apiKeys.get(scopeKey(key.tenantId, key.id))) {
    throw new ConflictError("an API key with this hash or id exists already");
  }
}

function refuseBeyond(
  maxLiveKeys: number | undefined,
  added: number,
  { tables, tenantId, now }: { readonly tables: Tables; readonly tenantId: string; readonly now: Date },
): void {
  if (maxLiveKeys === undefined) return;
  const keys = tables.apiKeys.descend("byTenant", { prefix: scopeKey(tenantId) });
  const live = only(keys, ({ revokedAt, expiresAt }) => {
    return revokedAt === undefined && (expiresAt === undefined || expiresAt > now);
  });
  if (take(live, maxLiveKeys).length + added > maxLiveKeys) {
    throw new TenonError("LIMIT_EXCEEDED", `this tenant may have ${maxLiveKeys} API keys at most`);
  }
}

function chosenKeys(
  tables: Tables,
  request: { readonly tenantId: string } & (
    | { readonly keyIds: readonly string[] }
    | { readonly ownerId: string; readonly limit: number }
  ),
): readonly ApiKeyRecord[] {
  if ("keyIds" in request) {
    const ids = [...new Set(request.keyIds)];
    const found = ids.map((id) => tables.apiKeys.get(scopeKey(request.tenantId, id)));
    return found.filter((key) => key !== undefined);
  }
  const keys = tables.apiKeys.descend("byTenant", { prefix: scopeKey(request.tenantId) });
  const owned = only(keys, (key) => key.ownerId === request.ownerId && key.revokedAt === undefined);
  return take(owned, request.limit);
}

function passes(
  key: ApiKeyRecord,
  { ownerId, status, namePrefix, expiresBefore }: ApiKeyFilter,
  now: Date,
): boolean {
  return (
    (ownerId === undefined || key.ownerId === ownerId) &&
    (status === undefined || deriveKeyStatus(key, now) === status) &&
    (namePrefix === undefined || key.name.startsWith(namePrefix)) &&
    (expiresBefore === undefined || (key.expiresAt !== undefined && key.expiresAt < expiresBefore))
  );
}

function* only<Row>(rows: Iterable<Row>, isWanted: (row: Row) => boolean): Generator<Row> {
  for (const row of rows) if (isWanted(row)) yield row;
}

function findByHash(tables: Tables, hash: string): ApiKeyRecord | undefined {
  return tables.apiKeys.find("byHash", hash);
}
