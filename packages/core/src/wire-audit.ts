import type { Actor } from "./audit/actor.js";
import { createAuditService } from "./audit/audit-service.js";
import type { Journal } from "./audit/journal.js";
import { recordOfMutation } from "./audit/record-of-mutation.js";
import { watchChanges } from "./audit/watch-changes.js";
import type { KitContext } from "./kit-context.js";
import { eventOfMutation } from "./lifecycle/event-of-mutation.js";
import type { LifecycleEvent } from "./lifecycle/events.js";
import type { OperatorWebhooks } from "./lifecycle/operator-webhooks.js";
import type { Storage } from "./ports/storage.js";
import type { ToldMessages } from "./webhooks/told-messages.js";

/** Who is told of changes, once their transaction is over or, in the host's, before it is. */
export interface ChangeListener {
  readonly onEvents: (events: readonly LifecycleEvent[]) => void;
  /** Told after something was published that may be due at once. */
  readonly onPublish: (messages?: ToldMessages) => void;
}

/** What the audit log is made of: the service on any storage, and the storage whose changes it is told of. */
export function wireAudit(
  { createId, clock, storeNow }: KitContext,
  { operators }: { readonly operators: OperatorWebhooks | undefined },
) {
  return {
    serviceOn: (stores: Storage, actor: Actor) =>
      createAuditService({ store: stores.audit, actor, createId, storeNow }),

    /** The same storage for the services, with each change written down as the actor's. */
    watch(stores: Storage, actor: Actor, listener: ChangeListener): Storage {
      const journal: Journal = {
        async write(bound, mutations) {
          const changes = mutations.map((mutation) => {
            const record = recordOfMutation(mutation, { actor, createId });
            const occurrence = { id: createId("evt"), occurredAt: clock.now(), actorId: actor.actorId };
            return { record, event: eventOfMutation(mutation, Object.keys(record.changes), occurrence) };
          });
          await bound.audit.insert({ records: changes.map(({ record }) => record), ...storeNow() });
          const events = changes.map(({ event }) => event).filter((event) => event !== undefined);
          const isPublished = await operators?.publish(bound, events);
          return () => {
            if (isPublished) listener.onPublish();
            listener.onEvents(events);
          };
        },
      };
      return watchChanges(stores, journal);
    },
  };
}
