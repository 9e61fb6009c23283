import { type Breakages, withStores } from "./breakage.js";

export const brokenKeyUsage: Breakages = {
  "usage is written over instead of added": {
    caughtBy: "key usage: counts add up, per key, hour and outcome",
    breakIt(good) {
      const written = new Set<string>();
      return withStores(good, ({ keyUsage }) => ({
        keyUsage: {
          ...keyUsage,
          async record({ counts, lastUses }) {
            const fresh = counts.filter(({ keyId, hour, outcome }) => {
              const id = JSON.stringify([keyId, hour, outcome]);
              return !written.has(id) && written.add(id);
            });
            await keyUsage.record({ counts: fresh, lastUses });
          },
        },
      }));
    },
  },
  "a use is told as a change of the key": {
    caughtBy: "key changes: a use of a key is no change, and is not told",
    breakIt: (good) =>
      withStores(good, ({ keyUsage, apiKeys }) => ({
        keyUsage: {
          ...keyUsage,
          async record(request) {
            await keyUsage.record(request);
            for (const { tenantId, keyId } of request.lastUses) await apiKeys.enable({ tenantId, keyId });
          },
        },
      })),
  },
};
