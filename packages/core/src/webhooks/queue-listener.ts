import type { BackgroundTask } from "../background.js";
import { keepSubscribed } from "../listening/keep-subscribed.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { QueueChanges } from "../ports/queue-changes.js";
import type { ToldMessages } from "./told-messages.js";

/** Wakes this process's runners when others publish, where the storage can listen. It never throws: they poll anyway. */
export function createQueueListener({
  queueChanges,
  wake,
  clock,
  logger,
}: {
  readonly queueChanges: QueueChanges | undefined;
  readonly wake: (messages: ToldMessages) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}): BackgroundTask {
  const subscribe = queueChanges?.subscribe;
  if (subscribe === undefined) return { start: async () => {}, stop: async () => {} };
  return keepSubscribed({
    subscribe: (onLost) => subscribe({ onQueueChanged: wake, onLost }),
    onSubscribed: () => wake(undefined),
    onTrouble: (trouble, error) =>
      logger.warn(
        { err: error },
        trouble === "lost"
          ? "publishes in other processes go unheard: listening anew"
          : "publishes in other processes can't be listened to: trying again",
      ),
    clock,
  });
}
