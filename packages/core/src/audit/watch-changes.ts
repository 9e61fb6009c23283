import type { Storage } from "../ports/storage.js";
import type { Journal } from "./journal.js";
import { watchApiKeys } from "./watch-api-keys.js";
import { watchEndpoints } from "./watch-endpoints.js";
import { watchQueue, watchReplays } from "./watch-replays.js";

/**
 * The same storage, where every change that somebody makes through a service is written down in the change's own
 * transaction. What is bound from it isn't watched.
 */
export function watchChanges(storage: Storage, journal: Journal): Storage {
  return {
    ...storage,
    apiKeys: watchApiKeys(storage, journal),
    endpoints: watchEndpoints(storage, journal),
    replays: watchReplays(storage, journal),
    queue: watchQueue(storage, journal),
  };
}
