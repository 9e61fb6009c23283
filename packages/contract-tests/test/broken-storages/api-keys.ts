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
};
