import { listPage, type Page } from "../input/page.js";
import { parseInput } from "../input/parse-input.js";
import type { AttemptRecord, DeliveryRecord, DeliveryStore } from "../ports/delivery-store.js";
import { deliveryNotFound } from "./delivery-not-found.js";
import {
  type DeliveryReference,
  deliveryReference,
  type ListDeliveriesInput,
  listDeliveriesInput,
} from "./schemas.js";

/** More attempts than any schedule allows. */
const MAX_ATTEMPTS_LISTED = 100;

export interface DeliveryService {
  /** @throws {NotFoundError} when the tenant has no such delivery. */
  get(input: DeliveryReference): Promise<DeliveryRecord>;
  /** Newest first, at most `limit` (default 50, at most 100), of one endpoint or message if given. */
  list(input: ListDeliveriesInput): Promise<Page<DeliveryRecord>>;
  /**
   * Every request made for a delivery, first one first.
   * @throws {NotFoundError} when the tenant has no such delivery.
   */
  attempts(input: DeliveryReference): Promise<readonly AttemptRecord[]>;
}

export function createDeliveryService({
  store,
  storeNow,
}: {
  readonly store: DeliveryStore;
  readonly storeNow: () => { readonly now?: Date };
}): DeliveryService {
  async function get(input: DeliveryReference): Promise<DeliveryRecord> {
    const reference = parseInput(deliveryReference, input);
    const delivery = await store.find({ ...reference, ...storeNow() });
    if (delivery !== undefined) return delivery;
    throw deliveryNotFound(reference);
  }

  return {
    get,
    async list(input) {
      const { limit, ...request } = parseInput(listDeliveriesInput, input);
      const filter = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
      return listPage(limit, (count) =>
        store.list({ ...filter, tenantId: request.tenantId, limit: count, ...storeNow() }),
      );
    },
    async attempts(input) {
      const { tenantId, id } = await get(input);
      return store.listAttempts({ tenantId, deliveryId: id, limit: MAX_ATTEMPTS_LISTED });
    },
  };
}
