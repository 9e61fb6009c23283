import type { KitContext } from "./kit-context.js";
import { createLifecycleDispatcher } from "./lifecycle/dispatcher.js";
import type { LifecycleEvent } from "./lifecycle/events.js";
import { createOperatorWebhooks, type OperatorWebhooks } from "./lifecycle/operator-webhooks.js";
import { watchDeliveries } from "./lifecycle/watch-deliveries.js";
import type { Storage } from "./ports/storage.js";
import { standardEnvelope } from "./webhooks/envelope.js";
import { createEventCatalogue } from "./webhooks/event-catalogue.js";
import { createPublisher } from "./webhooks/publish.js";

/** What lifecycle events are made of: who is told of them, and the storage that tells what runners come to. */
export function wireLifecycle(kit: KitContext) {
  const { settings, storage, clock, createId, logger } = kit;
  const dispatcher = createLifecycleDispatcher({ logger });
  const operators = wireOperators(kit);

  return {
    operators,
    on: dispatcher.on,
    dispatch: dispatcher.dispatch,
    /** The storage for the runners. `onPublish` is told when something was published that may be due at once. */
    watchedBy: (onPublish: () => void): Storage =>
      watchDeliveries(storage, {
        operators,
        isHeard: dispatcher.isHeard,
        onEvents(events: readonly LifecycleEvent[], isPublished) {
          dispatcher.dispatch(events);
          if (isPublished) onPublish();
        },
        createId,
        clock,
      }),
    /** The types that operators may subscribe to. */
    published: [...(settings.lifecycle?.events ?? [])],
  };
}

function wireOperators({
  settings,
  createId,
  clock,
  storeNow,
  crypto,
  logger,
}: KitContext): OperatorWebhooks | undefined {
  if (settings.lifecycle === undefined) return undefined;
  const { operationalTenantId: tenantId, events: types } = settings.lifecycle;
  const publishing = {
    // These events are of Tenon's own making: no schema of the host's applies.
    catalogue: createEventCatalogue(undefined),
    envelope: settings.webhooks.envelope ?? standardEnvelope,
    maxPayloadBytes: settings.webhooks.maxPayloadBytes,
    ...{ createId, clock, storeNow, crypto },
    onPublish: () => {},
  };
  return createOperatorWebhooks({
    tenantId,
    types,
    publishIn: (stores, request) =>
      createPublisher({ ...publishing, storage: stores }).publishMany({
        ...request,
        messages: [...request.messages],
      }),
    logger,
  });
}
