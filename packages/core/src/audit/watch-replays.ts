import type { DeliveryQueue } from "../ports/delivery-queue.js";
import type { ReplayRequest, ReplayStore } from "../ports/replay-store.js";
import type { Storage } from "../ports/storage.js";
import { type Journal, journaled } from "./journal.js";
import type { DeliveryAction, DeliveryMutation } from "./mutation.js";

/** Second chances for deliveries, each of which is written down. */
export function watchReplays(storage: Storage, journal: Journal): ReplayStore {
  function changeOne(
    action: DeliveryAction,
    { tenantId, deliveryId }: { readonly tenantId: string; readonly deliveryId: string },
    change: (replays: ReplayStore) => Promise<boolean>,
  ): Promise<boolean> {
    return journaled(storage, journal, async ({ replays }) => {
      const isChanged = await change(replays);
      const target = { type: "delivery", id: deliveryId } as const;
      return { result: isChanged, mutations: isChanged ? [mutation(action, tenantId, target)] : [] };
    });
  }

  function walk(
    action: DeliveryAction,
    { tenantId, endpointId, since }: ReplayRequest,
    step: (replays: ReplayStore) => ReturnType<ReplayStore["recover"]>,
  ): ReturnType<ReplayStore["recover"]> {
    return journaled(storage, journal, async ({ replays }) => {
      const page = await step(replays);
      const target = { type: "endpoint", id: endpointId } as const;
      const details = { since, count: page.count };
      const mutations = page.count > 0 ? [mutation(action, tenantId, target, details)] : [];
      return { result: page, mutations };
    });
  }

  return {
    retry: (request) => changeOne("delivery.retried", request, (replays) => replays.retry(request)),
    discard: (request) => changeOne("delivery.discarded", request, (replays) => replays.discard(request)),
    recover: (request) => walk("delivery.recovered", request, (replays) => replays.recover(request)),
    replay: (request) => walk("delivery.replayed", request, (replays) => replays.replay(request)),

    resend: (request) =>
      journaled(storage, journal, async ({ replays }) => {
        const { tenantId, messageId, endpointId } = request;
        const deliveryId = await replays.resend(request);
        if (deliveryId === undefined) return { result: deliveryId, mutations: [] };
        const target = { type: "delivery", id: deliveryId } as const;
        const details = { messageId, endpointId };
        return { result: deliveryId, mutations: [mutation("delivery.resent", tenantId, target, details)] };
      }),
  };
}

/** The queue, where it is written down that deliveries were cancelled. What runners do is nobody's change. */
export function watchQueue(storage: Storage, journal: Journal): DeliveryQueue {
  return {
    ...storage.queue,
    cancel: (request) =>
      journaled(storage, journal, async ({ queue }) => {
        const count = await queue.cancel(request);
        const target = { type: "endpoint", id: request.endpointId } as const;
        const cancelled = mutation("delivery.cancelled", request.tenantId, target, { count });
        return { result: count, mutations: count > 0 ? [cancelled] : [] };
      }),
  };
}

function mutation(
  action: DeliveryAction,
  tenantId: string,
  target: DeliveryMutation["target"],
  details: DeliveryMutation["details"] = {},
): DeliveryMutation {
  return { kind: "delivery", action, tenantId, target, details };
}
