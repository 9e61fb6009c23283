import { createPublicId } from "../encoding/public-id.js";
import { ConflictError, TenonError, ValidationError } from "../errors/tenon-error.js";
import { parseInput } from "../input/parse-input.js";
import type { Clock } from "../ports/clock.js";
import type { Crypto } from "../ports/crypto.js";
import type { MessageStore, NewMessage, PublishOutcome } from "../ports/message-store.js";
import type { Random } from "../ports/random.js";
import { MAX_DELIVER_AHEAD_MS, MAX_PAYLOAD_BYTES } from "./defaults.js";
import type { Envelope } from "./envelope.js";
import type { EventCatalogue } from "./event-catalogue.js";
import { type Message, toMessage } from "./message.js";
import { type PublishInput, publishInput } from "./schemas.js";

export interface PublisherConfig {
  readonly store: MessageStore;
  readonly catalogue: EventCatalogue;
  readonly envelope: Envelope;
  readonly clock: Clock;
  readonly storeNow: () => { readonly now?: Date };
  readonly random: Random;
  readonly crypto: Crypto;
  /** Told after something was published that may be due at once. */
  readonly onPublish: () => void;
}

export interface PublishResult {
  /** True when the idempotency key was taken by the same request: `message` is the earlier one. */
  readonly duplicate: boolean;
  readonly message: Message;
  /** How many deliveries were created now. */
  readonly deliveryCount: number;
}

/**
 * Stores an event and one delivery for each endpoint it matches. In a bound kit it leaves if, and only if, the
 * host's transaction commits.
 * @throws {ValidationError} for an unknown type, data that breaks its schema or isn't JSON, a `deliverAt` too far ahead.
 * @throws {ConflictError} when the idempotency key was used for another request.
 */
export type Publish = (input: PublishInput) => Promise<PublishResult>;

export function createPublisher({
  store,
  catalogue,
  envelope,
  clock,
  storeNow,
  random,
  crypto,
  onPublish,
}: PublisherConfig): Publish {
  return async (input) => {
    const request = parseInput(publishInput, input);
    await catalogue.check(request.type, request.data);
    refuseFarDelivery(request.deliverAt, clock.now());
    const id = createPublicId("msg", { clock, random });
    const payload = freezePayload(
      envelope({
        tenantId: request.tenantId,
        messageId: id,
        type: request.type,
        timestamp: clock.now(),
        data: request.data,
      }),
      request.data,
    );
    const { idempotencyKey } = request;
    const message: NewMessage = {
      tenantId: request.tenantId,
      id,
      type: request.type,
      payload,
      channels: request.channels,
      endpointId: request.endpointId,
      idempotencyKey,
      requestHash: idempotencyKey === undefined ? undefined : hashRequest(request, crypto),
      deliverAt: request.deliverAt,
    };
    const [outcome] = await store.publish({ messages: [message], ...storeNow() });
    if (outcome === undefined) throw new TypeError("the storage returned no outcome for a message");
    refuseOtherRequest(outcome, message);
    onPublish();
    return {
      duplicate: outcome.duplicate,
      message: toMessage(outcome.message),
      deliveryCount: outcome.deliveryCount,
    };
  };
}

/** The text that is stored, signed and sent. */
function freezePayload(body: unknown, data: unknown): string {
  const payload = toJson(data) === undefined ? undefined : toJson(body);
  if (payload === undefined) {
    throw new ValidationError([
      {
        pointer: "/data",
        message: "must be JSON: no cycles, no BigInt, no function or undefined in place of a value",
      },
    ]);
  }
  const bytes = new TextEncoder().encode(payload).length;
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new TenonError(
      "PAYLOAD_TOO_LARGE",
      `/data makes a body of ${bytes} bytes; at most ${MAX_PAYLOAD_BYTES} are sent. Send a reference instead.`,
    );
  }
  return payload;
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function refuseFarDelivery(deliverAt: Date | undefined, now: Date): void {
  if (deliverAt === undefined || deliverAt.getTime() - now.getTime() <= MAX_DELIVER_AHEAD_MS) return;
  throw new ValidationError([{ pointer: "/deliverAt", message: "must be at most 366 days ahead" }]);
}

function hashRequest(request: PublishInput, crypto: Crypto): string {
  const { type, data, endpointId = null, channels, deliverAt = null } = request;
  return crypto.sha256Hex(JSON.stringify([type, data, endpointId, channels, deliverAt]));
}

function refuseOtherRequest({ duplicate, message: stored }: PublishOutcome, asked: NewMessage): void {
  if (!duplicate || stored.requestHash === asked.requestHash) return;
  throw new ConflictError(
    `/idempotencyKey was already used for another request (${stored.id}). Use a new key for a new event.`,
  );
}
