import { createPublicId } from "../encoding/public-id.js";
import { NotFoundError, ValidationError } from "../errors/tenon-error.js";
import { listPage, type Page } from "../input/page.js";
import { parseInput } from "../input/parse-input.js";
import type { Clock } from "../ports/clock.js";
import type { DeliveryQueue } from "../ports/delivery-queue.js";
import type { EndpointChanges, EndpointRecord, EndpointStore } from "../ports/endpoint-store.js";
import type { HttpTransport } from "../ports/http.js";
import type { Logger } from "../ports/logger.js";
import type { Random } from "../ports/random.js";
import type { Secret } from "../secret/secret.js";
import type { Vault } from "../vault/vault.js";
import { CANCEL_BATCH } from "./defaults.js";
import { type Endpoint, toEndpoint } from "./endpoint.js";
import { refuseWhatBreaksRules } from "./endpoint-rules.js";
import type { EventCatalogue } from "./event-catalogue.js";
import {
  type CreateEndpointInput,
  createEndpointInput,
  type EnableEndpointInput,
  type EndpointReference,
  enableEndpointInput,
  endpointReference,
  type ListEndpointsInput,
  listEndpointsInput,
  type RotateSecretInput,
  rotateSecretInput,
  type UpdateEndpointInput,
  updateEndpointInput,
} from "./schemas.js";
import { sealHeaders } from "./sealed-headers.js";
import type { SignatureProfile } from "./signature-profiles.js";
import { findSecretProblem, generateSigningSecret, signingSecretPlace } from "./signing-secret.js";

/** An endpoint just created, with its signing secret: shown this once. */
export interface CreatedEndpoint extends Endpoint {
  readonly secret: Secret;
}

export interface EndpointServiceConfig {
  readonly store: EndpointStore;
  readonly queue: DeliveryQueue;
  readonly catalogue: EventCatalogue;
  readonly transport: HttpTransport | undefined;
  readonly signatureProfiles: readonly SignatureProfile[];
  /** @throws {ConfigError} when the host gave no vault keys. */
  readonly vault: () => Vault;
  readonly clock: Clock;
  readonly storeNow: () => { readonly now?: Date };
  readonly random: Random;
  readonly logger: Logger;
  /** How many endpoints a tenant may have. Undefined: any number. */
  readonly maxEndpointsPerTenant: number | undefined;
}

export interface EndpointService {
  /**
   * Creates an endpoint with a signing secret, fresh unless one is given, sealed at rest; `secret` shows it this once.
   * @throws {ValidationError} for an unknown event type, an empty list of them, or a URL or header that isn't allowed.
   * @throws {TenonError} `LIMIT_EXCEEDED` when the tenant has `maxEndpointsPerTenant` endpoints.
   */
  create(input: CreateEndpointInput): Promise<CreatedEndpoint>;
  /** @throws {NotFoundError} when the tenant has no such endpoint. */
  get(input: EndpointReference): Promise<Endpoint>;
  /** Newest first, at most `limit` (default 50, at most 100), by status and by an event type they admit. */
  list(input: ListEndpointsInput): Promise<Page<Endpoint>>;
  /**
   * Changes the fields given, leaves the others, and returns the endpoint. `headers`, `metadata` and the lists are
   * replaced as a whole; null takes an optional field away. Attempts under way go by what was before.
   * @throws {ValidationError} as `create`.
   * @throws {NotFoundError} when the tenant has no such endpoint.
   */
  update(input: UpdateEndpointInput): Promise<Endpoint>;
  /**
   * Deletes an endpoint: it gets nothing more, and what was pending shows as `cancelled`. Its deliveries stay listed.
   * @throws {NotFoundError} when the tenant has no such endpoint, as when it was deleted before.
   */
  delete(input: EndpointReference): Promise<void>;
  /**
   * Gives an endpoint a new secret and shows it this once. The old one signs beside it for `overlapSeconds` (default a
   * day; 0: not at all), so that the partner can change over at leisure.
   * @throws {NotFoundError} when the tenant has no such endpoint.
   */
  rotateSecret(input: RotateSecretInput): Promise<CreatedEndpoint>;
  /**
   * Shows the newest signing secret. That it was shown is logged, the secret isn't.
   * @throws {NotFoundError} when the tenant has no such endpoint.
   */
  revealSecret(input: EndpointReference): Promise<Secret>;
  /** Switches an endpoint off: what is pending shows as `held` until it is enabled. Idempotent. */
  disable(input: EndpointReference): Promise<Endpoint>;
  /**
   * Switches an endpoint on. What was held is delivered, or with `held: "cancel"` cancelled before. Idempotent: of an
   * endpoint that is enabled nothing is cancelled.
   */
  enable(input: EnableEndpointInput): Promise<Endpoint>;
}

export function createEndpointService(config: EndpointServiceConfig): EndpointService {
  const { store, queue, vault, clock, storeNow, random, logger, maxEndpointsPerTenant } = config;

  /** Seals a secret, one of the host's own or a fresh one. */
  async function sealSecret({ tenantId, secret: given }: { tenantId: string; secret?: Secret | undefined }) {
    const problem = given === undefined ? undefined : findSecretProblem(given);
    if (problem !== undefined) throw new ValidationError([{ pointer: "/secret", message: problem }]);
    const secret = given ?? generateSigningSecret(random);
    const id = createPublicId("sec", { clock, random });
    const place = signingSecretPlace({ tenantId, secretId: id });
    return { secret, record: { id, sealed: await vault().seal({ ...place, text: secret.reveal() }) } };
  }

  async function cancelHeld(reference: EndpointReference): Promise<void> {
    if (found(await store.find(reference), reference).disabledAt === undefined) return;
    let count: number;
    do count = await queue.cancel({ ...reference, limit: CANCEL_BATCH, ...storeNow() });
    while (count > 0);
  }

  return {
    async create(input) {
      const { headers, secret: given, ...request } = parseInput(createEndpointInput, input);
      refuseWhatBreaksRules({ ...request, headers }, config);
      const { tenantId } = request;
      const endpointId = createPublicId("ep", { clock, random });
      const { secret, record } = await sealSecret({ tenantId, secret: given });
      const endpoint = await store.insert({
        endpoint: {
          ...request,
          id: endpointId,
          url: new URL(request.url).href,
          eventTypes: [...new Set(request.eventTypes)],
          name: request.name,
          description: request.description,
          retrySchedule: request.retrySchedule as EndpointRecord["retrySchedule"],
          timeoutMs: request.timeoutMs,
          sealedHeaders: await sealHeaders(vault(), { tenantId, endpointId }, headers),
          concurrency: request.concurrency,
        },
        secret: record,
        ...(maxEndpointsPerTenant === undefined ? {} : { maxEndpoints: maxEndpointsPerTenant }),
        ...storeNow(),
      });
      return { ...toEndpoint(endpoint), secret };
    },

    async get(input) {
      return toEndpoint(found(await store.find(parseInput(endpointReference, input)), input));
    },

    async list(input) {
      const { tenantId, limit, ...request } = parseInput(listEndpointsInput, input);
      const filter = withoutUndefined(request);
      const page = await listPage(limit, (count) => store.list({ tenantId, limit: count, ...filter }));
      return { ...page, items: page.items.map(toEndpoint) };
    },

    async update(input) {
      const { tenantId, endpointId, headers, url, eventTypes, ...fields } = parseInput(
        updateEndpointInput,
        input,
      );
      refuseWhatBreaksRules({ url, eventTypes, headers }, config);
      const changes = withoutUndefined({
        ...fields,
        url: url === undefined ? undefined : new URL(url).href,
        eventTypes: eventTypes === undefined ? undefined : [...new Set(eventTypes)],
        sealedHeaders:
          headers === undefined
            ? undefined
            : ((await sealHeaders(vault(), { tenantId, endpointId }, headers)) ?? null),
      });
      // A schema's optional parts may be undefined in type alone.
      const request = { tenantId, endpointId, changes: changes as EndpointChanges, ...storeNow() };
      return toEndpoint(found(await store.update(request), input));
    },

    async delete(input) {
      const reference = parseInput(endpointReference, input);
      if (!(await store.delete({ ...reference, ...storeNow() }))) throw notFound(input);
    },

    async rotateSecret(input) {
      const { tenantId, endpointId, overlapSeconds, secret: given } = parseInput(rotateSecretInput, input);
      const { secret, record } = await sealSecret({ tenantId, secret: given });
      const request = { tenantId, endpointId, secret: record, overlapSeconds, ...storeNow() };
      return { ...toEndpoint(found(await store.rotateSecret(request), input)), secret };
    },

    async revealSecret(input) {
      const { tenantId, endpointId } = parseInput(endpointReference, input);
      const [newest] = await store.listSecrets({ tenantId, endpointId, ...storeNow() });
      if (newest === undefined) throw notFound(input);
      const place = signingSecretPlace({ tenantId, secretId: newest.id });
      const secret = await vault().open({ ...place, sealed: newest.sealed });
      logger.info({ tenantId, endpointId, secretId: newest.id }, "a signing secret was revealed");
      return secret;
    },

    async disable(input) {
      const reference = parseInput(endpointReference, input);
      return toEndpoint(found(await store.disable({ ...reference, reason: "manual", ...storeNow() }), input));
    },

    async enable(input) {
      const { held, ...reference } = parseInput(enableEndpointInput, input);
      if (held === "cancel") await cancelHeld(reference);
      return toEndpoint(found(await store.enable({ ...reference, ...storeNow() }), input));
    },
  };
}

function found(endpoint: EndpointRecord | undefined, reference: EndpointReference): EndpointRecord {
  if (endpoint !== undefined) return endpoint;
  throw notFound(reference);
}

function notFound({ endpointId }: EndpointReference): NotFoundError {
  return new NotFoundError("WEBHOOK_NOT_FOUND", `This tenant has no endpoint ${JSON.stringify(endpointId)}.`);
}

type Defined<Fields> = { readonly [Field in keyof Fields]?: Exclude<Fields[Field], undefined> };

function withoutUndefined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<Fields>;
}
