import { ConflictError } from "../errors/tenon-error.js";
import { parseInput } from "../input/parse-input.js";
import { withoutUndefined } from "../input/without-undefined.js";
import type { DeliveryRecord } from "../ports/delivery-store.js";
import type { Storage } from "../ports/storage.js";
import { deliveryNotFound, endpointNotFound, messageNotFound } from "./not-found.js";
import {
  type DeliveryReference,
  deliveryReference,
  type RecoverInput,
  type ReplayInput,
  type ResendInput,
  recoverInput,
  resendInput,
} from "./schemas.js";

export interface ReplayService {
  /**
   * Gives a delivery another chance: one that is exhausted or cancelled becomes pending again with a fresh schedule,
   * one that waits is due now, and one under way is left alone. Its attempts stay, and are numbered on.
   * @throws {NotFoundError} when the tenant has no such delivery.
   * @throws {ConflictError} when it succeeded (`resend` sends it once more), or its endpoint was deleted.
   */
  retry(input: DeliveryReference): Promise<DeliveryRecord>;
  /**
   * Gives a delivery up: a dead letter, or one that waits or is held, becomes `cancelled`. Idempotent.
   * @throws {NotFoundError} when the tenant has no such delivery.
   * @throws {ConflictError} when it succeeded, or an attempt is under way.
   */
  discard(input: DeliveryReference): Promise<DeliveryRecord>;
  /**
   * Sends a stored message to an endpoint, once more or for the first time, whatever its filter says: a new delivery
   * with the same bytes and the same `webhook-id`. While one is pending, that one is returned.
   * @throws {NotFoundError} when the tenant has no such message or endpoint.
   */
  resend(input: ResendInput): Promise<DeliveryRecord>;
  /**
   * Retries what became exhausted at one endpoint since then, looking at no more than `limit` dead letters (default
   * 100, at most 1,000). Call it with `nextCursor` until there is none. Safe to repeat.
   * @throws {NotFoundError} when the tenant has no such endpoint.
   */
  recover(
    input: RecoverInput,
  ): Promise<{ readonly recovered: number; readonly nextCursor: string | undefined }>;
  /**
   * Sends an endpoint what it missed since then: messages that match its filter now and have no delivery to it, such as
   * those from before it was created. Looks at no more than `limit` messages (default 100, at most 1,000). Call it with
   * `nextCursor` until there is none. Safe to repeat.
   * @throws {NotFoundError} when the tenant has no such endpoint.
   */
  replay(input: ReplayInput): Promise<{ readonly replayed: number; readonly nextCursor: string | undefined }>;
}

export interface ReplayServiceConfig {
  readonly storage: Pick<Storage, "deliveries" | "endpoints" | "replays">;
  readonly storeNow: () => { readonly now?: Date };
  /** Told after something became due. */
  readonly onDue: () => void;
}

/** A delivery may be settled between the try and the look; it can't go on for ever. */
const MOST_TRIES = 3;

export function createReplayService({ storage, storeNow, onDue }: ReplayServiceConfig): ReplayService {
  const { deliveries, endpoints, replays } = storage;

  async function get(reference: { tenantId: string; deliveryId: string }): Promise<DeliveryRecord> {
    const delivery = await deliveries.find({ ...reference, ...storeNow() });
    if (delivery !== undefined) return delivery;
    throw deliveryNotFound(reference);
  }

  async function requireEndpoint(reference: { tenantId: string; endpointId: string }): Promise<void> {
    if ((await endpoints.find(reference)) !== undefined) return;
    throw endpointNotFound(reference);
  }

  return {
    async retry(input) {
      const reference = parseInput(deliveryReference, input);
      for (let tries = 1; ; tries++) {
        const isDue = await replays.retry({ ...reference, ...storeNow() });
        const delivery = await get(reference);
        if (isDue) onDue();
        const { state, endpointId } = delivery;
        if (isDue || !isFinal(delivery)) return delivery;
        if (state === "succeeded") {
          throw new ConflictError("The delivery succeeded. `resend` sends its message once more.");
        }
        if ((await endpoints.find({ tenantId: reference.tenantId, endpointId })) === undefined) {
          throw new ConflictError("The delivery can't be retried: its endpoint was deleted.");
        }
        if (tries >= MOST_TRIES)
          throw new ConflictError(`The delivery is ${state}, and changing. Try again.`);
      }
    },

    async discard(input) {
      const reference = parseInput(deliveryReference, input);
      for (let tries = 1; ; tries++) {
        await replays.discard({ ...reference, ...storeNow() });
        const delivery = await get(reference);
        if (delivery.state === "cancelled") return delivery;
        if (delivery.state === "succeeded" || delivery.state === "delivering" || tries >= MOST_TRIES) {
          throw new ConflictError(`The delivery can't be discarded: it is ${delivery.state}.`);
        }
      }
    },

    async resend(input) {
      const { tenantId, messageId, endpointId } = parseInput(resendInput, input);
      const deliveryId = await replays.resend({ tenantId, messageId, endpointId, ...storeNow() });
      if (deliveryId === undefined) {
        await requireEndpoint({ tenantId, endpointId });
        throw messageNotFound({ messageId });
      }
      const delivery = await get({ tenantId, deliveryId });
      onDue();
      return delivery;
    },

    async recover(input) {
      const request = parseInput(recoverInput, input);
      await requireEndpoint(request);
      const { count, cursor } = await replays.recover({ ...withoutUndefined(request), ...storeNow() });
      if (count > 0) onDue();
      return { recovered: count, nextCursor: cursor };
    },

    async replay(input) {
      const request = parseInput(recoverInput, input);
      await requireEndpoint(request);
      const { count, cursor } = await replays.replay({ ...withoutUndefined(request), ...storeNow() });
      if (count > 0) onDue();
      return { replayed: count, nextCursor: cursor };
    },
  };
}

function isFinal({ state }: DeliveryRecord): boolean {
  return state === "succeeded" || state === "exhausted" || state === "cancelled";
}
