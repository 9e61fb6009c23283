import { isTenonError } from "../errors/tenon-error.js";
import type { Logger } from "../ports/logger.js";
import type { Storage } from "../ports/storage.js";
import type { LifecycleEvent, LifecycleEventType } from "./events.js";

/** Publishes lifecycle events as webhooks of the host's own operational tenant. */
export interface OperatorWebhooks {
  /** Whether events of this type are published when they come from a tenant's deliveries. */
  publishesOfDeliveries(tenantId: string, type: LifecycleEventType): boolean;
  /**
   * Publishes those of the events that the host has chosen, and answers whether there were any. In a transaction they
   * leave if it commits. An event that can't be published, say because the host's envelope throws, is logged.
   */
  publish(stores: Storage, events: readonly LifecycleEvent[]): Promise<boolean>;
}

export function createOperatorWebhooks({
  tenantId,
  types,
  publishIn,
  logger,
}: {
  readonly tenantId: string;
  readonly types: ReadonlySet<LifecycleEventType>;
  readonly publishIn: (
    stores: Storage,
    request: {
      readonly tenantId: string;
      readonly messages: readonly { readonly type: string; readonly data: unknown }[];
    },
  ) => Promise<unknown>;
  readonly logger: Logger;
}): OperatorWebhooks {
  return {
    // What the operators' own deliveries come to would make deliveries without end.
    publishesOfDeliveries: (from, type) => from !== tenantId && types.has(type),

    async publish(stores, events) {
      const chosen = events.filter(({ type }) => types.has(type));
      if (chosen.length === 0) return false;
      const messages = chosen.map(({ type, ...data }) => ({ type, data }));
      try {
        await publishIn(stores, { tenantId, messages });
        return true;
      } catch (error) {
        // The storage's faults end the whole transaction. Any other was found before anything was stored.
        if (isTenonError(error) && error.code.startsWith("STORAGE_")) throw error;
        logger.error({ err: error, count: chosen.length }, "lifecycle events could not be published");
        return false;
      }
    },
  };
}
