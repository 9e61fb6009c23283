import { ConflictError } from "@tenon/core/errors";
import { type Breakages, withStores } from "./breakage.js";

export const brokenTransactions: Breakages = {
  "a conflict spoils the surrounding transaction": {
    caughtBy: "api keys: a transaction survives a hash conflict: what came before and after it commits",
    breakIt: (good) => ({
      ...good,
      bind(handle) {
        let spoiled: unknown;
        const bound = good.bind(handle);
        return withStores(bound, ({ apiKeys }) => ({
          apiKeys: {
            ...apiKeys,
            async insert(request) {
              if (spoiled !== undefined) throw spoiled;
              try {
                return await apiKeys.insert(request);
              } catch (error) {
                if (error instanceof ConflictError) spoiled = new Error("current transaction is aborted");
                throw error;
              }
            },
          },
        }));
      },
    }),
  },
  "lost rollback: a failed transaction commits": {
    caughtBy:
      "transactions: a transaction that fails rejects with the very error, and leaves nothing inserted",
    breakIt: (good) => ({
      ...good,
      async transaction(work) {
        const settled = await good.transaction(async (handle) => {
          const [outcome] = await Promise.allSettled([work(handle)]);
          return outcome;
        });
        if (settled.status === "rejected") throw settled.reason;
        return settled.value;
      },
    }),
  },
  "dirty reads: readers outside see an open transaction's writes": {
    caughtBy: "transactions: readers outside don't see what is rolled back later",
    breakIt(good) {
      let open: unknown;
      const apiKeys = () => (open === undefined ? good : good.bind(open)).apiKeys;
      return {
        ...good,
        apiKeys: { ...good.apiKeys, findByHash: (request) => apiKeys().findByHash(request) },
        transaction: (work) =>
          good.transaction(async (handle) => {
            open = handle;
            return work(handle).finally(() => {
              open = undefined;
            });
          }),
      };
    },
  },
  "a handle works on after its transaction has ended": {
    caughtBy:
      "bound storages: a handle used after its transaction has committed is refused, and writes nothing",
    breakIt(good) {
      const handles = new Set<unknown>();
      return {
        ...good,
        transaction: (work) =>
          good.transaction((handle) =>
            work(handle).finally(() => {
              handles.add(handle);
            }),
          ),
        bind: (handle) => (handles.has(handle) ? good : good.bind(handle)),
      };
    },
  },
};
