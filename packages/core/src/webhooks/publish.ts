import type { IdGenerator } from "../encoding/id-generator.js";
import { ConflictError, type InputProblem, TenonError, ValidationError } from "../errors/tenon-error.js";
import { parseInput } from "../input/parse-input.js";
import type { Clock } from "../ports/clock.js";
import type { Crypto } from "../ports/crypto.js";
import type { MessageReference, NewMessage, PublishOutcome } from "../ports/message-store.js";
import type { Storage } from "../ports/storage.js";
import { MAX_BATCH_BYTES, MAX_DELIVER_AHEAD_MS } from "./defaults.js";
import type { Envelope } from "./envelope.js";
import type { EventCatalogue } from "./event-catalogue.js";
import { freezePayload } from "./freeze-payload.js";
import { type Message, toMessage } from "./message.js";
import { type PublishInput, type PublishManyInput, publishInput, publishManyInput } from "./schemas.js";

export interface PublisherConfig {
  readonly storage: Pick<Storage, "messages" | "transaction" | "bind">;
  readonly catalogue: EventCatalogue;
  readonly envelope: Envelope;
  /** The largest body, as UTF-8. */
  readonly maxPayloadBytes: number;
  /** Each id greater than the one before: fifo endpoints get messages in the order of their ids. */
  readonly createId: IdGenerator;
  readonly clock: Clock;
  readonly storeNow: () => { readonly now?: Date };
  readonly crypto: Crypto;
  /** Told after something was published that may be due at once. */
  readonly onPublish: (messages: readonly MessageReference[]) => void;
}

export interface PublishResult {
  /** True when the idempotency key was taken by the same request: `message` is the earlier one. */
  readonly duplicate: boolean;
  readonly message: Message;
  /** How many deliveries were created now. */
  readonly deliveryCount: number;
}

export interface Publisher {
  /**
   * Stores an event and one delivery for each endpoint it matches. In a bound kit it leaves if, and only if, the
   * host's transaction commits.
   * @throws {ValidationError} for an unknown type, data that breaks its schema or isn't JSON, a `deliverAt` too far ahead.
   * @throws {ConflictError} when the idempotency key was used for another request.
   * @throws {ConfigError} when the host's envelope returns what isn't JSON.
   * @throws {TenonError} `PAYLOAD_TOO_LARGE` for a body of more than `maxPayloadBytes`.
   */
  readonly publish: (input: PublishInput) => Promise<PublishResult>;
  /**
   * The same for up to 1,000 events of one tenant in one statement: all of them or none. Results come in the order of
   * `messages`, and so do the messages' ids. In a bound kit an error leaves the decision to the host: roll back.
   * @throws as `publish`; also when the bodies together have more than 16 MiB, or two events the same idempotency key.
   */
  readonly publishMany: (input: PublishManyInput) => Promise<readonly PublishResult[]>;
}

type PublishRequest = ReturnType<typeof parseInput<typeof publishInput>>;

export function createPublisher(config: PublisherConfig): Publisher {
  const { storage, catalogue, envelope, maxPayloadBytes, createId, clock, storeNow, crypto, onPublish } =
    config;

  async function createMessage(request: PublishRequest, place: string) {
    const now = clock.now();
    const problems = [
      ...(await catalogue.findProblems(request.type, request.data, place)),
      ...findDeliveryProblems(request.deliverAt, now, place),
    ];
    if (problems.length > 0) throw new ValidationError(problems);
    const { tenantId, type, data, channels, endpointId, idempotencyKey, deliverAt } = request;
    const id = createId("msg");
    const body = envelope({ tenantId, messageId: id, type, timestamp: now, data });
    const frozen = freezePayload({ body, data, maxBytes: maxPayloadBytes, pointer: `${place}/data` });
    const message: NewMessage = {
      tenantId,
      id,
      type,
      payload: frozen.payload,
      channels,
      endpointId,
      idempotencyKey,
      requestHash: idempotencyKey === undefined ? undefined : hashRequest(request, crypto),
      deliverAt,
    };
    return { message, byteCount: frozen.byteCount, place };
  }

  return {
    async publish(input) {
      const made = await createMessage(parseInput(publishInput, input), "");
      const [outcome] = await storage.messages.publish({ messages: [made.message], ...storeNow() });
      const result = toResult(outcome, made);
      if (!result.duplicate) onPublish([referTo(result)]);
      return result;
    },

    async publishMany(input) {
      const { tenantId, messages: requests } = parseInput(publishManyInput, input);
      refuseRepeatedKeys(requests);
      const all: Awaited<ReturnType<typeof createMessage>>[] = [];
      let byteCount = 0;
      for (const [index, request] of requests.entries()) {
        const made = await createMessage({ tenantId, ...request }, `/messages/${index}`);
        byteCount += made.byteCount;
        if (byteCount > MAX_BATCH_BYTES) throw batchTooLarge();
        all.push(made);
      }
      const messages = all.map(({ message }) => message);
      const publishOn = async ({ messages: store }: Pick<Storage, "messages">) => {
        const outcomes = await store.publish({ messages, ...storeNow() });
        return all.map((made, index) => toResult(outcomes[index], made));
      };
      // Only a taken key can be refused once the statement ran; without keys it is all or nothing by itself.
      const results = messages.some(({ idempotencyKey }) => idempotencyKey !== undefined)
        ? await storage.transaction((handle) => publishOn(storage.bind(handle)))
        : await publishOn(storage);
      const stored = results.filter(({ duplicate }) => !duplicate).map(referTo);
      if (stored.length > 0) onPublish(stored);
      return results;
    },
  };
}

function referTo({ message }: PublishResult): MessageReference {
  return { tenantId: message.tenantId, messageId: message.id };
}

function toResult(
  outcome: PublishOutcome | undefined,
  { message: asked, place }: { readonly message: NewMessage; readonly place: string },
): PublishResult {
  if (outcome === undefined) throw new TypeError("the storage returned no outcome for a message");
  const { duplicate, message, deliveryCount } = outcome;
  if (duplicate && message.requestHash !== asked.requestHash) {
    throw new ConflictError(
      `${place}/idempotencyKey was already used for another request (${message.id}). Use a new key for a new event.`,
    );
  }
  return { duplicate, message: toMessage(message), deliveryCount };
}

function findDeliveryProblems(
  deliverAt: Date | undefined,
  now: Date,
  place: string,
): readonly InputProblem[] {
  if (deliverAt === undefined || deliverAt.getTime() - now.getTime() <= MAX_DELIVER_AHEAD_MS) return [];
  return [{ pointer: `${place}/deliverAt`, message: "must be at most 366 days ahead" }];
}

function refuseRepeatedKeys(requests: readonly { readonly idempotencyKey?: string | undefined }[]): void {
  const seen = new Set<string>();
  for (const [index, { idempotencyKey }] of requests.entries()) {
    if (idempotencyKey === undefined) continue;
    if (seen.has(idempotencyKey)) {
      const pointer = `/messages/${index}/idempotencyKey`;
      throw new ValidationError([{ pointer, message: "is another message's in this call" }]);
    }
    seen.add(idempotencyKey);
  }
}

function batchTooLarge(): TenonError {
  return new TenonError(
    "PAYLOAD_TOO_LARGE",
    `/messages makes bodies of more than ${MAX_BATCH_BYTES} bytes together. Publish fewer at a time.`,
  );
}

function hashRequest(request: PublishInput, crypto: Crypto): string {
  const { type, data, endpointId = null, channels, deliverAt = null } = request;
  return crypto.sha256Hex(JSON.stringify([type, data, endpointId, channels, deliverAt]));
}
