import type { BackgroundTask } from "../background.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { QueueChanges } from "../ports/queue-changes.js";
import { TELL_PAUSE_MS } from "./defaults.js";

/** Tells the runners of other processes that something may be due, from its start to its stop. */
export interface QueueTeller extends BackgroundTask {
  /** Tells at once, or, soon after the last time, once for all who ask meanwhile. It never throws. */
  tell(): void;
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
  let isAsked = false;

  async function tellAll(tell: QueueChanges["tell"], signal: AbortSignal): Promise<void> {
    while (isAsked && !signal.aborted) {
      isAsked = false;
      try {
        await tell();
      } catch (error) {
        logger.warn({ err: error }, "runners elsewhere could not be woken: they deliver at their next poll");
      }
      await clock.wait(TELL_PAUSE_MS, signal);
    }
  }

  return {
    tell() {
      if (queueChanges === undefined || stopping === undefined) return;
      isAsked = true;
      telling ??= tellAll(() => queueChanges.tell(), stopping.signal).finally(() => {
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
