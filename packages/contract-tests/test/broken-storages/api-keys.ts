import type { ApiKeyRecord } from "@tenon/core/ports";
import { type Breakages, withStores } from "./breakage.js";

export const brokenApiKeys: Breakages = {
  "tenant leak: a key is found by its id alone": {
    caughtBy: "another tenant's records: apiKeys.find sees nothing",
    breakIt(good) {
      const owners = new Map<string, string>();
      return withStores(good, ({ apiKeys }) => ({
        apiKeys: {
          ...apiKeys,
          insert(request) {
            owners.set(request.key.id, request.key.tenantId);
            return apiKeys.insert(request);
          },
          find: ({ tenantId, keyId }) => apiKeys.find({ tenantId: owners.get(keyId) ?? tenantId, keyId }),
        },
      }));
    },
  },
  "revocation reaches lookups late": {
    caughtBy: "api keys: a revoked key is seen revoked by every lookup that follows",
    breakIt(good) {
      const found = new Map<string, ApiKeyRecord>();
      return withStores(good, ({ apiKeys }) => ({
        apiKeys: {
          ...apiKeys,
          async insert(request) {
            const key = await apiKeys.insert(request);
            found.set(key.hash, key);
            return key;
          },
          findByHash: async ({ hash }) => found.get(hash) ?? apiKeys.findByHash({ hash }),
        },
      }));
    },
  },
  "a record is changed where it was read": {
    caughtBy: "changing api keys: a record that was read stays what it was, whatever happens to the key",
    breakIt(good) {
      const known = new Map<string, ApiKeyRecord>();
      return withStores(good, ({ apiKeys }) => ({
        apiKeys: {
          ...apiKeys,
          async findByHash(request) {
            const found = await apiKeys.findByHash(request);
            const record = found && Object.assign(known.get(found.id) ?? {}, found);
            if (record !== undefined) known.set(record.id, record);
            return record;
          },
        },
      }));
    },
  },
  "an update writes back what it read before": {
    caughtBy: "changing api keys: two callers change different settings at once: both changes stay",
    breakIt: (good) =>
      withStores(good, ({ apiKeys }) => ({
        apiKeys: {
          ...apiKeys,
          async update({ changes, ...one }) {
            const key = await apiKeys.find(one);
            if (key === undefined) return undefined;
            const { name, scopes } = key;
            return apiKeys.update({ ...one, changes: { name, scopes, ...changes } });
          },
        },
      })),
  },
  "a rotation is judged on what was read before": {
    caughtBy: "rotating an api key: eight callers rotate one key at once: exactly one gets a successor",
    breakIt: (good) =>
      withStores(good, ({ apiKeys }) => ({
        apiKeys: {
          ...apiKeys,
          async rotate(request) {
            const { tenantId, keyId, successor } = request;
            const before = await apiKeys.find({ tenantId, keyId });
            const rotated = await apiKeys.rotate(request);
            if (before?.successorId !== undefined || rotated?.successor !== undefined) return rotated;
            if (before === undefined || before.revokedAt !== undefined) return rotated;
            const key = await apiKeys.insert({ key: { ...before, ...successor } });
            return { predecessor: before, successor: key };
          },
        },
      })),
  },
  "a cap is judged on what was counted before": {
    caughtBy: "a cap on api keys: twelve callers at once with room for five: exactly five get a key",
    breakIt: (good) =>
      withStores(good, ({ apiKeys }) => ({
        apiKeys: {
          ...apiKeys,
          async insert({ maxLiveKeys, ...request }) {
            const { tenantId } = request.key;
            const live = await apiKeys.list({ tenantId, limit: 100, status: "active" });
            if (maxLiveKeys === undefined || live.length < maxLiveKeys) return apiKeys.insert(request);
            return apiKeys.insert({ ...request, maxLiveKeys });
          },
        },
      })),
  },
  "many keys are stored one after the other, up to the first that conflicts": {
    caughtBy: "many api keys: one hash that exists, or stands there twice: none of them is stored",
    breakIt: (good) =>
      withStores(good, ({ apiKeys }) => ({
        apiKeys: {
          ...apiKeys,
          async insertMany({ keys, tenantId: _, ...request }) {
            const stored: ApiKeyRecord[] = [];
            for (const key of keys) stored.push(await apiKeys.insert({ ...request, key }));
            return stored;
          },
        },
      })),
  },
};
