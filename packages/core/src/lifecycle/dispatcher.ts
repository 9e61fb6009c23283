import type { Logger } from "../ports/logger.js";
import type { LifecycleEvent, LifecycleEventType } from "./events.js";

/** Told of an event. What it throws, or rejects with, is logged and changes nothing. */
export type LifecycleHandler<Type extends LifecycleEventType> = (event: LifecycleEvent<Type>) => unknown;

export type SubscribeToLifecycle = <Type extends LifecycleEventType>(
  type: Type,
  handler: LifecycleHandler<Type>,
) => () => void;

/** Tells handlers in this process of events. */
export interface LifecycleDispatcher {
  readonly on: SubscribeToLifecycle;
  isHeard(type: LifecycleEventType): boolean;
  /** Returns at once: handlers run after what calls this, in the events' order, and nobody waits for them. */
  dispatch(events: readonly LifecycleEvent[]): void;
}

export function createLifecycleDispatcher({ logger }: { readonly logger: Logger }): LifecycleDispatcher {
  // A handler is kept under the one type whose events it takes.
  const handlers = new Map<LifecycleEventType, Set<(event: never) => unknown>>();

  async function tell(handler: (event: never) => unknown, event: LifecycleEvent): Promise<void> {
    try {
      await handler(event as never);
    } catch (error) {
      const { id, type, tenantId } = event;
      logger.error({ err: error, eventId: id, type, tenantId }, "a lifecycle handler failed");
    }
  }

  return {
    on(type, handler) {
      // A subscription of its own each time: ending one leaves the others, also of the same function.
      const own = (event: never) => handler(event);
      const others = handlers.get(type) ?? new Set();
      handlers.set(type, others.add(own));
      return () => {
        others.delete(own);
      };
    },
    isHeard: (type) => (handlers.get(type)?.size ?? 0) > 0,
    dispatch(events) {
      if (!events.some(({ type }) => handlers.has(type))) return;
      queueMicrotask(() => {
        for (const event of events) {
          for (const handler of handlers.get(event.type) ?? []) void tell(handler, event);
        }
      });
    },
  };
}
