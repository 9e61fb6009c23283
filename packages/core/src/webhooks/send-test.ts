import type { IdGenerator } from "../encoding/id-generator.js";
import { ConflictError, type InputProblem, ValidationError } from "../errors/tenon-error.js";
import { parseInput } from "../input/parse-input.js";
import type { Clock } from "../ports/clock.js";
import type { DeliveryRecord } from "../ports/delivery-store.js";
import type { MessageReference } from "../ports/message-store.js";
import type { Storage } from "../ports/storage.js";
import type { Envelope } from "./envelope.js";
import type { EventCatalogue } from "./event-catalogue.js";
import { freezePayload } from "./freeze-payload.js";
import { endpointNotFound } from "./not-found.js";
import { type SendTestInput, sendTestInput } from "./schemas.js";

export interface TestSenderConfig {
  readonly storage: Storage;
  readonly catalogue: EventCatalogue;
  readonly envelope: Envelope;
  readonly maxPayloadBytes: number;
  readonly createId: IdGenerator;
  readonly clock: Clock;
  readonly storeNow: () => { readonly now?: Date };
  /** Told after something became due. */
  readonly onDue: (messages: readonly MessageReference[]) => void;
}

/**
 * Sends an event to one endpoint alone, whatever its filter says: stored, signed and retried like any other, so that a
 * partner sees exactly what is to come. The type is `webhook.test`, or one that the host publishes. Returns the
 * delivery; `deliverNow` makes its attempt at once.
 * @throws {ValidationError} for a type that isn't in the catalogue, or data that doesn't fit its schema.
 * @throws {NotFoundError} when the tenant has no such endpoint.
 * @throws {ConflictError} when the endpoint is disabled.
 */
export type SendTest = (input: SendTestInput) => Promise<DeliveryRecord>;

/** GitHub and Svix alike send an event of a type of its own; the name says to a partner what it is. */
const TEST_EVENT_TYPE = "webhook.test";
const TEST_EVENT_DATA = { test: true };

export function createTestSender(config: TestSenderConfig): SendTest {
  const { storage, catalogue, envelope, maxPayloadBytes, createId, clock, storeNow, onDue } = config;

  return async (input) => {
    const {
      tenantId,
      endpointId,
      type = TEST_EVENT_TYPE,
      data = TEST_EVENT_DATA,
    } = parseInput(sendTestInput, input);
    const problems = await findTestProblems(catalogue, { type, data });
    if (problems.length > 0) throw new ValidationError(problems);
    const id = createId("msg");
    const body = envelope({ tenantId, messageId: id, type, timestamp: clock.now(), data });
    const { payload } = freezePayload({ body, data, maxBytes: maxPayloadBytes, pointer: "/data" });
    const delivery = await storage.transaction(async (handle) => {
      const bound = storage.bind(handle);
      await refuseDisabled(bound, { tenantId, endpointId });
      const message = {
        ...{ tenantId, id, type, payload, endpointId },
        channels: [],
        idempotencyKey: undefined,
        requestHash: undefined,
        deliverAt: undefined,
      };
      await bound.messages.publish({ messages: [message], ...storeNow() });
      // An endpoint whose filter admits the type has its delivery by now; another gets it all the same.
      const deliveryId = await bound.replays.resend({ tenantId, messageId: id, endpointId, ...storeNow() });
      if (deliveryId === undefined) throw endpointNotFound({ endpointId });
      return bound.deliveries.find({ tenantId, deliveryId, ...storeNow() });
    });
    if (delivery === undefined) throw new TypeError("the storage did not keep the test event's delivery");
    onDue([{ tenantId, messageId: id }]);
    return delivery;
  };
}

export interface TestEvent {
  readonly type: string;
  readonly data?: unknown;
}

/** What is wrong with a test event: nothing with `webhook.test`, unless the host's catalogue has a type of that name. */
export async function findTestProblems(
  catalogue: EventCatalogue,
  { type, data }: TestEvent,
): Promise<readonly InputProblem[]> {
  if (type === TEST_EVENT_TYPE && !catalogue.accepts(type)) return [];
  return catalogue.findProblems(type, data);
}

async function refuseDisabled(
  { endpoints }: Storage,
  reference: { readonly tenantId: string; readonly endpointId: string },
): Promise<void> {
  const endpoint = await endpoints.find(reference);
  if (endpoint === undefined) throw endpointNotFound(reference);
  if (endpoint.disabledAt === undefined) return;
  throw new ConflictError("The endpoint is disabled: enable it, then send the test event.");
}
