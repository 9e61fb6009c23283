import type { IdGenerator } from "../encoding/id-generator.js";
import type { Clock } from "../ports/clock.js";
import type { DeliveryQueue, Settlement } from "../ports/delivery-queue.js";
import type { EndpointStore } from "../ports/endpoint-store.js";
import type { Storage } from "../ports/storage.js";
import type { LifecycleEvent, LifecycleEventType } from "./events.js";
import type { OperatorWebhooks } from "./operator-webhooks.js";

export interface DeliveryWatchConfig {
  readonly operators: OperatorWebhooks | undefined;
  /** Whether a handler in this process waits for events of this type. */
  readonly isHeard: (type: LifecycleEventType) => boolean;
  /** Told once what happened is stored. */
  readonly onEvents: (events: readonly LifecycleEvent[], isPublished: boolean) => void;
  readonly createId: IdGenerator;
  readonly clock: Clock;
}

const SETTLEMENT_EVENTS = ["webhook.attempted", "webhook.delivered", "webhook.failed"] as const;

/**
 * The same storage for the runners, where it is told what came of deliveries. Events that go to operators are stored in
 * the transaction that stores what they tell of; without any, statements stay as they are.
 */
export function watchDeliveries(storage: Storage, config: DeliveryWatchConfig): Storage {
  return {
    ...storage,
    queue: watchQueue(storage, config),
    endpoints: watchEndpoints(storage, config),
  };
}

function watchQueue(storage: Storage, config: DeliveryWatchConfig): DeliveryQueue {
  const { operators, isHeard } = config;
  return {
    ...storage.queue,
    async settle(request) {
      const { settlements } = request;
      const isAwaited = SETTLEMENT_EVENTS.some(isHeard);
      const goesOut = settlements.some(({ tenantId }) =>
        SETTLEMENT_EVENTS.some((type) => operators?.publishesOfDeliveries(tenantId, type)),
      );
      if (!goesOut && !isAwaited) return storage.queue.settle(request);
      return tellOf(storage, goesOut, config, async ({ queue }) => {
        const results = await queue.settle(request);
        const events = settlements.flatMap((settlement, index) =>
          results[index] === "applied" ? eventsOfSettlement(settlement, config) : [],
        );
        return { result: results, events };
      });
    },
  };
}

function watchEndpoints(storage: Storage, config: DeliveryWatchConfig): EndpointStore {
  const goesOut = (tenantId: string) =>
    (["endpoint.disabled", "endpoint.failing"] as const).some((type) =>
      config.operators?.publishesOfDeliveries(tenantId, type),
    );
  return {
    ...storage.endpoints,

    disable: (request) =>
      // A transaction always: whether it was this call that disabled it, is read under the endpoint's lock.
      tellOf(storage, true, config, async ({ endpoints }) => {
        const before = await endpoints.lock(request);
        const after = await endpoints.disable(request);
        if (after === undefined || before === undefined || before.disabledAt !== undefined)
          return { result: after, events: [] };
        return { result: after, events: [disabledEvent(request, request.reason, config)] };
      }),

    disableFailing: (request) =>
      tellOf(storage, goesOut(request.tenantId), config, async ({ endpoints }) => {
        const step = await endpoints.disableFailing(request);
        if (step === undefined) return { result: step, events: [] };
        if (step === "disabled") return { result: step, events: [disabledEvent(request, "failing", config)] };
        const { tenantId, endpointId } = request;
        const failingSince = (await endpoints.find({ tenantId, endpointId }))?.failingSince;
        if (failingSince === undefined) return { result: step, events: [] };
        const disableAt = new Date(failingSince.getTime() + request.disableAfterMs);
        const event = { ...occurrence(config), type: "endpoint.failing", tenantId, endpointId } as const;
        return { result: step, events: [{ ...event, failingSince, disableAt }] };
      }),
  };
}

/** Does something and tells of it: in one transaction with what goes out, or as it would be done anyway. */
async function tellOf<Result>(
  storage: Storage,
  inTransaction: boolean,
  { operators, onEvents }: DeliveryWatchConfig,
  work: (stores: Storage) => Promise<{ readonly result: Result; readonly events: readonly LifecycleEvent[] }>,
): Promise<Result> {
  const done = inTransaction
    ? await storage.transaction(async (handle) => {
        const stores = storage.bind(handle);
        const { result, events } = await work(stores);
        const outgoing = events.filter(({ tenantId, type }) =>
          operators?.publishesOfDeliveries(tenantId, type),
        );
        return { result, events, isPublished: (await operators?.publish(stores, outgoing)) ?? false };
      })
    : { ...(await work(storage)), isPublished: false };
  onEvents(done.events, done.isPublished);
  return done.result;
}

/** A released delivery had no attempt: nothing came of it yet. */
function eventsOfSettlement(
  { tenantId, messageId, outcome, attempt }: Settlement,
  config: DeliveryWatchConfig,
): readonly LifecycleEvent[] {
  if (attempt === undefined) return [];
  const { deliveryId, endpointId, attemptNumber, durationMs, responseStatus } = attempt;
  const ids = { tenantId, deliveryId, messageId, endpointId, attemptId: attempt.id };
  const told = { ...ids, attemptNumber, durationMs, responseStatus };
  const { succeeded, failureReason } = attempt;
  const attempted: LifecycleEvent = {
    ...occurrence(config),
    type: "webhook.attempted",
    ...told,
    succeeded,
    failureReason,
  };
  if (outcome.kind === "succeeded") {
    return [attempted, { ...occurrence(config), type: "webhook.delivered", ...told }];
  }
  if (outcome.kind !== "exhausted") return [attempted];
  const failed = { ...occurrence(config), type: "webhook.failed", ...told } as const;
  return [attempted, { ...failed, failureReason: outcome.failureReason }];
}

function disabledEvent(
  { tenantId, endpointId }: { readonly tenantId: string; readonly endpointId: string },
  reason: string,
  config: DeliveryWatchConfig,
): LifecycleEvent {
  return {
    ...occurrence(config),
    type: "endpoint.disabled",
    tenantId,
    endpointId,
    reason,
    actorId: undefined,
  };
}

function occurrence({ createId, clock }: DeliveryWatchConfig) {
  return { id: createId("evt"), occurredAt: clock.now() };
}
