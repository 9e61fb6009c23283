import type { Storage } from "../ports/storage.js";
import type { Journal } from "./journal.js";
import { watchApiKeys } from "./watch-api-keys.js";
import { watchEndpoints } from "./watch-endpoints.js";
import { watchQueue, watchReplays } from "./watch-replays.js";

/**
 * The same storage, where every change that somebody makes through a service is written down in the change's own
 * transaction. What is bound from it isn't watched. A store's watcher is made where the store is asked for: most calls need
 * one of them.
 */
export function watchChanges(storage: Storage, journal: Journal): Storage {
  return {
    ...storage,
    get apiKeys() {
      return watchApiKeys(storage, journal);
    },
    get endpoints() {
      return watchEndpoints(storage, journal);
    },
    get replays() {
      return watchReplays(storage, journal);
    },
    get queue() {
      return watchQueue(storage, journal);
    },
  };
}
