import { ConflictError } from "@tenon/core/errors";
import type { ApiKeyRecord, ApiKeyStore } from "@tenon/core/ports";
import type { Session } from "../session.js";
import { scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { Tables } from "../tables.js";
import { snapshot } from "./snapshot.js";
import type { StoreContext } from "./store-context.js";

export function createApiKeyStore(session: Session, { clock }: StoreContext): ApiKeyStore {
  return {
    insert: ({ key, now = clock.now() }) =>
      session.write("apiKeys.insert", (tables) => {
        const taken = findByHash(tables, key.hash) ?? tables.apiKeys.get(scopeKey(key.tenantId, key.id));
        if (taken !== undefined) {
          throw new ConflictError("An API key with this text or id exists");
        }
        const record: ApiKeyRecord = snapshot({
          ...key,
          createdAt: now,
          disabledAt: undefined,
          revokedAt: undefined,
        });
        tables.apiKeys.put(record);
        return record;
      }),

    findByHash: ({ hash }) => session.read("apiKeys.findByHash", (tables) => findByHash(tables, hash)),

    find: ({ tenantId, keyId }) =>
      session.read("apiKeys.find", (tables) => tables.apiKeys.get(scopeKey(tenantId, keyId))),

    list: ({ tenantId, limit, cursor }) =>
      session.read("apiKeys.list", (tables) => {
        const prefix = scopeKey(tenantId);
        const below = cursor === undefined ? undefined : prefix + cursor;
        return take(tables.apiKeys.descend("byTenant", { prefix, below }), limit);
      }),

    revoke: ({ tenantId, keyId, now = clock.now() }) =>
      session.write("apiKeys.revoke", (tables) => {
        const key = tables.apiKeys.get(scopeKey(tenantId, keyId));
        if (key === undefined || key.revokedAt !== undefined) return key;
        const revoked = snapshot({ ...key, revokedAt: now });
        tables.apiKeys.put(revoked);
        return revoked;
      }),
  };
}

function findByHash(tables: Tables, hash: string): ApiKeyRecord | undefined {
  return take(tables.apiKeys.ascend("byHash", { prefix: scopeKey(hash) }), 1)[0];
}
