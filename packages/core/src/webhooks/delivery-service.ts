import { listPage, type Page } from "../input/page.js";
import { parseInput } from "../input/parse-input.js";
import { withoutUndefined } from "../input/without-undefined.js";
import type { AttemptRecord, DeliveryRecord, DeliveryStore } from "../ports/delivery-store.js";
import { MOST_COUNTED } from "./defaults.js";
import { deliveryNotFound } from "./not-found.js";
import {
  type CountDeliveriesInput,
  countDeliveriesInput,
  type DeliveryReference,
  deliveryReference,
  type ListDeliveriesInput,
  listDeliveriesInput,
} from "./schemas.js";

/** More attempts than any schedule allows: only a delivery that was given several chances has more. */
const MAX_ATTEMPTS_LISTED = 100;

export interface DeliveryService {
  /** @throws {NotFoundError} when the tenant has no such delivery. */
  get(input: DeliveryReference): Promise<DeliveryRecord>;
  /**
   * Newest message first, at most `limit` (default 50, at most 100), of one endpoint or message if given. With a
   * `state`, those that show it at that moment: `exhausted` lists the dead letters. What changes its state between two
   * pages may be missed or appear again.
   */
  list(input: ListDeliveriesInput): Promise<Page<DeliveryRecord>>;
  /**
   * How many deliveries show a state, such as `exhausted` or `held`, of one endpoint if given. Beyond 10,000 they
   * aren't counted: `isExact` is false then, and `count` is 10,000.
   */
  count(input: CountDeliveriesInput): Promise<{ readonly count: number; readonly isExact: boolean }>;
  /**
   * The requests made for a delivery, first one first; of more than 100 the last 100.
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
      const filter = withoutUndefined(request);
      return listPage(limit, (count) => store.list({ limit: count, ...filter, ...storeNow() }));
    },
    async count(input) {
      const request = withoutUndefined(parseInput(countDeliveriesInput, input));
      const count = await store.count({ ...request, limit: MOST_COUNTED + 1, ...storeNow() });
      return { count: Math.min(count, MOST_COUNTED), isExact: count <= MOST_COUNTED };
    },
    async attempts(input) {
      const { tenantId, id } = await get(input);
      return store.listAttempts({ tenantId, deliveryId: id, limit: MAX_ATTEMPTS_LISTED });
    },
  };
}
