import type { BackgroundTask } from "../background.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { MessageReference } from "../ports/message-store.js";
import type { QueueChanges } from "../ports/queue-changes.js";
import { TELL_PAUSE_MS } from "./defaults.js";
import { joinTold, type ToldMessages } from "./told-messages.js";

/** Tells the runners of other processes that something may be due, from its start to its stop. */
export interface QueueTeller extends BackgroundTask {
  /** Tells at once, or, soon after the last time, once for all who ask meanwhile. It never throws. */
  tell(messages: ToldMessages): void;
  /**
   * Tells at once if the first of these messages is stored, and resolves to whether it is. Undefined where it can't be
   * looked for while telling, or others are being told: then it is looked for first.
   */
  tellIfStored(messages: readonly MessageReference[]): Promise<boolean> | undefined;
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
    // Here, and not once this has resolved: what is asked for in between would wait for the next to ask.
    telling = undefined;
  }

  return {
    tell(messages) {
      if (queueChanges === undefined || stopping === undefined) return;
      asked = { messages: asked === undefined ? messages : joinTold(asked.messages, messages) };
      telling ??= tellAll((request) => queueChanges.tell(request), stopping.signal);
    },
    tellIfStored(messages) {
      if (queueChanges?.tellIfStored === undefined || stopping === undefined || telling !== undefined) return;
      const { signal } = stopping;
      const looked = queueChanges.tellIfStored({ messages });
      telling = looked
        .then((isTold) => (isTold ? clock.wait(TELL_PAUSE_MS, signal) : undefined), noop)
        .then(() => tellAll((request) => queueChanges.tell(request), signal));
      return looked;
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

function noop(): void {}
