import { isTenonError, type StorageError } from "../errors/tenon-error.js";
import type { Storage } from "../ports/storage.js";
import type { Telemetry } from "../ports/telemetry.js";

/** The same storage; what fails in it is counted, by operation and code. Conflicts and refused input are no failures. */
export function watchStorage(storage: Storage, telemetry: Telemetry): Storage {
  const tell = (error: unknown) => {
    if (!isStorageError(error)) return;
    telemetry.add("tenon.storage.errors", 1, {
      "tenon.operation": error.operation,
      "error.type": error.code,
    });
  };
  const stores = Object.entries(storage).map(([name, store]) => [
    name,
    isStore(store) && name !== "keyChanges" ? watchStore(store, tell) : store,
  ]);
  return {
    ...(Object.fromEntries(stores) as Storage),
    check: () => watchCall(() => storage.check(), tell),
    // What the host's own work throws is not the storage's; its calls are watched by `bind`.
    transaction: (work) => storage.transaction(work),
    bind: (handle) => watchStorage(storage.bind(handle), telemetry),
  };
}

/** The same store of rate limits; what fails in it is counted. */
export function watchRateLimitStore<Store extends object>(store: Store, telemetry: Telemetry): Store {
  return watchStore(store, (error) => {
    if (isTenonError(error)) telemetry.add("tenon.rate_limits.store_errors", 1, { "error.type": error.code });
  });
}

function watchStore<Store extends object>(store: Store, tell: (error: unknown) => void): Store {
  const watched = new Map<PropertyKey, unknown>();
  return new Proxy(store, {
    get(target, name) {
      if (watched.has(name)) return watched.get(name);
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      const call = (...given: readonly unknown[]) => watchCall(() => method.apply(target, given), tell);
      watched.set(name, call);
      return call;
    },
  });
}

function watchCall<Result>(call: () => Result, tell: (error: unknown) => void): Result {
  const result = call();
  if (result instanceof Promise) result.catch(tell);
  return result;
}

function isStore(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isStorageError(error: unknown): error is StorageError {
  return isTenonError(error) && error.code.startsWith("STORAGE_");
}
