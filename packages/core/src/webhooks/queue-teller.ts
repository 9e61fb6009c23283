import type { BackgroundTask } from "../background.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { QueueChanges } from "../ports/queue-changes.js";
import { TELL_PAUSE_MS } from "./defaults.js";
import { joinTold, type ToldMessages } from "./told-messages.js";

/** Tells the runners of other processes that something may be due, from its start to its stop. */
export interface QueueTeller extends BackgroundTask {
  /** Tells at once, or, soon after the last time, once for all who ask meanwhile. It never throws. */
  tell(messages: ToldMessages): void;
  isStarted(): boolean;
}

export function createQueueTeller({
  queueChanges,
  clock,
  logger,
}: {
  readonly queueChanges: QueueChanges | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}): QueueTeller {
  let stopping: AbortController | undefined;
  let telling: Promise<void> | undefined;
  /** What wasn't told yet. */
  let asked: { readonly messages: ToldMessages } | undefined;

  async function tellAll(tell: QueueChanges["tell"], signal: AbortSignal): Promise<void> {
    while (asked !== undefined && !signal.aborted) {
      const request = asked;
      asked = undefined;
      try {
        await tell(request);
      } catch (error) {
        logger.warn({ err: error }, "runners elsewhere could not be woken: they deliver at their next poll");
      }
      await clock.wait(TELL_PAUSE_MS, signal);
    }
  }

  return {
    tell(messages) {
      if (queueChanges === undefined || stopping === undefined) return;
      asked = { messages: asked === undefined ? messages : joinTold(asked.messages, messages) };
      telling ??= tellAll((request) => queueChanges.tell(request), stopping.signal).finally(() => {
        telling = undefined;
      });
    },
    isStarted: () => stopping !== undefined && queueChanges !== undefined,
    async start() {
      stopping ??= new AbortController();
    },
    async stop() {
      stopping?.abort();
      await telling;
      stopping = undefined;
    },
  };
}
