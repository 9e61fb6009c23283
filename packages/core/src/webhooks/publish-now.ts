import { ConflictError } from "../errors/tenon-error.js";
import { parseInput } from "../input/parse-input.js";
import type { DeliveryRecord } from "../ports/delivery-store.js";
import type { Storage } from "../ports/storage.js";
import { endpointNotFound } from "./not-found.js";
import type { Publisher } from "./publish.js";
import type { RunnerPool } from "./runner-pool.js";
import { type PublishNowInput, publishNowInput } from "./schemas.js";

/**
 * Publishes an event to one endpoint and makes its first attempt here, whatever the endpoint's pace says, with or
 * without a runner. Returns the delivery as it stands then: one that failed is retried as any other, one to a disabled
 * endpoint may be held. With an `idempotencyKey` that the same request took before, the attempt is made only if the
 * earlier one waits.
 * @throws as `publish`; also {NotFoundError} when the tenant has no such endpoint, {ConflictError} when it doesn't take
 * such events. Nothing is stored then.
 */
export type PublishNow = (input: PublishNowInput) => Promise<DeliveryRecord>;

export interface ImmediatePublisherConfig {
  readonly storage: Storage;
  readonly publisherOn: (stores: Storage) => Pick<Publisher, "publish">;
  readonly runners: Pick<RunnerPool, "prepareAttempt">;
  readonly storeNow: () => { readonly now?: Date };
}

export function createImmediatePublisher(config: ImmediatePublisherConfig): PublishNow {
  const { storage, publisherOn, runners, storeNow } = config;

  return async (input) => {
    const event = parseInput(publishNowInput, input);
    const { tenantId, endpointId, type } = event;
    const attempt = runners.prepareAttempt();
    const { claimed, delivery } = await storage.transaction(async (handle) => {
      const stores = storage.bind(handle);
      const { message } = await publisherOn(stores).publish(event);
      const filter = { tenantId, endpointId, messageId: message.id };
      const [delivery] = await stores.deliveries.list({ ...filter, limit: 1, ...storeNow() });
      if (delivery === undefined) throw await unmatched(stores, { tenantId, endpointId, type });
      // Claimed before it is committed, it is no other runner's.
      return { delivery, claimed: await attempt.claim(stores.queue, { tenantId, deliveryId: delivery.id }) };
    });
    if (claimed === undefined) return delivery;
    await attempt.make(claimed);
    const reference = { tenantId, deliveryId: delivery.id };
    return (await storage.deliveries.find({ ...reference, ...storeNow() })) ?? delivery;
  };
}

async function unmatched(
  { endpoints }: Storage,
  { type, ...reference }: { readonly tenantId: string; readonly endpointId: string; readonly type: string },
): Promise<Error> {
  if ((await endpoints.find(reference)) === undefined) return endpointNotFound(reference);
  return new ConflictError(`The endpoint takes no events of the type ${JSON.stringify(type)} now.`);
}
