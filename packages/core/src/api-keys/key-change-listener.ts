import type { BackgroundTask } from "../background.js";
import { keepSubscribed } from "../listening/keep-subscribed.js";
import type { Clock } from "../ports/clock.js";
import type { KeyChanges } from "../ports/key-changes.js";
import type { Logger } from "../ports/logger.js";
import type { KeyCache } from "./key-cache.js";

/**
 * Lets the cache hear of changes that other processes make. A subscription that fails, or breaks, is made anew after a
 * growing pause, and the cache forgets everything each time: what changed meanwhile went unheard. It never throws:
 * without it, the cache's lifetime still bounds how long a change goes unnoticed.
 */
export function createKeyChangeListener({
  keyChanges,
  cache,
  clock,
  logger,
}: {
  readonly keyChanges: KeyChanges;
  readonly cache: Pick<KeyCache, "evict" | "clear">;
  readonly clock: Clock;
  readonly logger: Logger;
}): BackgroundTask {
  return keepSubscribed({
    subscribe: (onLost) => keyChanges.subscribe({ onKeyChanged: cache.evict, onLost }),
    onSubscribed: cache.clear,
    onTrouble: (trouble, error) =>
      logger.warn(
        { err: error },
        trouble === "lost"
          ? "changes of API keys go unheard: listening anew"
          : "changes of API keys in other processes can't be listened to: trying again",
      ),
    clock,
  });
}
