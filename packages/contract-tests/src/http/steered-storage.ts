import { StorageError } from "@tenon/core/errors";
import type { ApiKeyRecord, Storage } from "@tenon/core/ports";

export interface SteeredStorage {
  readonly storage: Storage;
  /** While true, every store rejects as an unreachable storage does. */
  isOut: boolean;
  /** What a lookup makes of a key's record: for states that no service writes yet. */
  alterKey: (record: ApiKeyRecord) => ApiKeyRecord;
  /** How often a key was looked up by its hash. */
  readonly lookups: number;
}

/** Puts switches in front of a storage. */
export function steerStorage(storage: Storage): SteeredStorage {
  let lookups = 0;
  const steered: { -readonly [Name in keyof SteeredStorage]: SteeredStorage[Name] } = {
    storage: {
      ...storage,
      apiKeys: failWhileOut("apiKeys", {
        ...storage.apiKeys,
        async findByHash(request) {
          lookups += 1;
          const record = await storage.apiKeys.findByHash(request);
          return record && steered.alterKey(record);
        },
      }),
      rateLimits: failWhileOut("rateLimits", storage.rateLimits),
      check: () => failWhileOut("storage", storage).check(),
    },
    isOut: false,
    alterKey: (record) => record,
    get lookups() {
      return lookups;
    },
  };

  function failWhileOut<Store extends object>(storeName: string, store: Store): Store {
    return new Proxy(store, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== "function") return method;
        const operation = `${storeName}.${String(name)}`;
        // Judged when it is called: who has the method may have it from before.
        return async (...given: unknown[]) => {
          if (!steered.isOut) return Reflect.apply(method, target, given);
          throw new StorageError("STORAGE_UNAVAILABLE", `${operation} got no connection`, {
            operation,
            retryable: true,
          });
        };
      },
    });
  }
  return steered;
}
