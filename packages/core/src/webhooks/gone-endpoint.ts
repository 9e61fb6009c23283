import type { ClaimedDelivery } from "../ports/delivery-queue.js";
import type { EndpointStore } from "../ports/endpoint-store.js";
import type { Logger } from "../ports/logger.js";

/**
 * Switches off endpoints that answered 410. Many deliveries of one hear so at the same time, and share one call: it may
 * wait for a transaction of the host's, and must not wait on more than one connection. Never rejects.
 */
export function createGoneSwitch({
  endpoints,
  storeNow,
  logger,
}: {
  readonly endpoints: Pick<EndpointStore, "disable">;
  readonly storeNow: () => { readonly now?: Date };
  readonly logger: Logger;
}): (delivery: Pick<ClaimedDelivery, "tenantId" | "endpointId">) => Promise<void> {
  const underWay = new Map<string, Promise<void>>();

  async function disable(tenantId: string, endpointId: string): Promise<void> {
    try {
      await endpoints.disable({ tenantId, endpointId, reason: "gone", ...storeNow() });
    } catch (error) {
      logger.error({ err: error, endpointId }, "an endpoint that answered 410 could not be disabled");
    } finally {
      underWay.delete(endpointId);
    }
  }

  return ({ tenantId, endpointId }) => {
    const switching = underWay.get(endpointId) ?? disable(tenantId, endpointId);
    underWay.set(endpointId, switching);
    return switching;
  };
}
