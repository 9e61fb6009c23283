import type { KeyChangeListener, Storage } from "@tenon/core/ports";
import type { Breakages } from "./breakage.js";

export const brokenKeyChanges: Breakages = {
  "changes are told before they commit": {
    caughtBy: "key changes: a change that is rolled back is never told",
    breakIt(good) {
      const listeners = new Set<KeyChangeListener>();
      const tellAtOnce = (storage: Storage): Storage => ({
        ...storage,
        apiKeys: {
          ...storage.apiKeys,
          async revoke(request) {
            const key = await storage.apiKeys.revoke(request);
            for (const { onKeyChanged } of listeners) if (key !== undefined) onKeyChanged(key.hash);
            return key;
          },
        },
        bind: (handle) => tellAtOnce(storage.bind(handle)),
      });
      return {
        ...tellAtOnce(good),
        keyChanges: {
          async subscribe(listener) {
            listeners.add(listener);
            const { stop } = (await good.keyChanges?.subscribe(listener)) ?? { stop: async () => {} };
            return {
              async stop() {
                listeners.delete(listener);
                await stop();
              },
            };
          },
        },
      };
    },
  },
  "a stopped subscription goes on": {
    caughtBy: "key changes: a subscriber that has stopped hears nothing, and stopping again is no mistake",
    breakIt: (good) => ({
      ...good,
      keyChanges: {
        async subscribe(listener) {
          await good.keyChanges?.subscribe(listener);
          return { stop: async () => {} };
        },
      },
    }),
  },
};
