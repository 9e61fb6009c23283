import { createPublicId } from "../encoding/public-id.js";
import { listPage, type Page } from "../input/page.js";
import { parseFields, parseInput } from "../input/parse-input.js";
import { withoutUndefined } from "../input/without-undefined.js";
import type { Clock } from "../ports/clock.js";
import type { Crypto } from "../ports/crypto.js";
import type { DeliveryQueue } from "../ports/delivery-queue.js";
import type {
  EndpointChanges,
  EndpointRecord,
  EndpointSigning,
  EndpointStore,
  WhileDisabled,
} from "../ports/endpoint-store.js";
import type { Logger } from "../ports/logger.js";
import type { Random } from "../ports/random.js";
import type { Secret } from "../secret/secret.js";
import type { Vault } from "../vault/vault.js";
import { CANCEL_BATCH, MOST_SIGNING_SECRETS } from "./defaults.js";
import { type Endpoint, toEndpoint } from "./endpoint.js";
import { type AskedEndpoint, type EndpointRules, findEndpointProblems } from "./endpoint-rules.js";
import { createSigningSecrets, refuseToReveal } from "./endpoint-signing.js";
import { endpointNotFound } from "./not-found.js";
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
import { signingSecretPlace } from "./signing-secret.js";

/** An endpoint just created, with its signing secret: shown this once. */
export interface CreatedEndpoint<Signing extends EndpointSigning = "hmac"> extends Endpoint {
  /** Undefined where there is none to hand out: of `ed25519` that is `publicKey`, and `shared` is the host's own. */
  readonly secret: Signing extends "hmac" ? Secret : undefined;
}

type CreateRequest<Signing extends EndpointSigning> = Omit<CreateEndpointInput, "signing"> & {
  readonly signing?: Signing | undefined;
};

export interface EndpointServiceConfig extends EndpointRules {
  readonly store: EndpointStore;
  readonly queue: DeliveryQueue;
  /** @throws {ConfigError} when the host gave no vault keys. */
  readonly vault: () => Vault;
  readonly clock: Clock;
  readonly storeNow: () => { readonly now?: Date };
  readonly random: Random;
  readonly crypto: Crypto;
  readonly logger: Logger;
  /** For endpoints that don't say. */
  readonly whileDisabled: WhileDisabled;
  /** How many endpoints a tenant may have. Undefined: any number. */
  readonly maxEndpointsPerTenant: number | undefined;
}

export interface EndpointService {
  /**
   * Creates an endpoint with a signing secret, fresh unless one is given, sealed at rest; `secret` shows it this once.
   * With `signing: "ed25519"` it has a key pair instead, and shows `publicKey`; with `"shared"` it has nothing of its
   * own, and the host's `webhooks.sharedSecret` signs.
   * @throws {ValidationError} for an unknown event type, an empty list of them, a URL or header that isn't allowed, or
   * what can't sign.
   * @throws {TenonError} `LIMIT_EXCEEDED` when the tenant has `maxEndpointsPerTenant` endpoints.
   */
  create<Signing extends EndpointSigning = "hmac">(
    input: CreateRequest<Signing>,
  ): Promise<CreatedEndpoint<Signing>>;
  /** @throws {NotFoundError} when the tenant has no such endpoint. */
  get(input: EndpointReference): Promise<Endpoint>;
  /** Newest first, at most `limit` (default 50, at most 100), by status, by an event type they admit, and by integration. */
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
   * Gives an endpoint a new secret and shows it this once, or a new key pair and shows its `publicKey`. The old one
   * signs beside it for `overlapSeconds` (default a day; 0: not at all), so that the partner can change over at leisure.
   * At most 16 sign at once: after more rotations than that, the oldest end sooner.
   * @throws {NotFoundError} when the tenant has no such endpoint.
   * @throws {ConflictError} when it signs with the host's shared secret.
   */
  rotateSecret(input: RotateSecretInput): Promise<CreatedEndpoint<"hmac" | "ed25519">>;
  /**
   * Shows the newest signing secret. That it was shown is logged, the secret isn't.
   * @throws {NotFoundError} when the tenant has no such endpoint.
   * @throws {ConflictError} when it signs with a private key, or with the host's shared secret.
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
  const createSigningSecret = createSigningSecrets(config);
  const findProblems = (asked: AskedEndpoint) => findEndpointProblems(asked, config);

  async function cancelHeld(reference: EndpointReference): Promise<void> {
    let count: number;
    do {
      // Asked before each step: once somebody else has enabled it, what is pending is to be delivered.
      if (found(await store.find(reference), reference).disabledAt === undefined) return;
      count = await queue.cancel({ ...reference, limit: CANCEL_BATCH, ...storeNow() });
    } while (count > 0);
  }

  return {
    async create<Signing extends EndpointSigning = "hmac">(input: CreateRequest<Signing>) {
      const request = parseFields(createEndpointInput, input, findProblems);
      const { tenantId, signing, secret: given } = request;
      const endpointId = createPublicId("ep", { clock, random });
      const made = signing === "shared" ? undefined : await createSigningSecret({ tenantId, signing, given });
      const endpoint = await store.insert({
        endpoint: {
          tenantId,
          id: endpointId,
          url: new URL(request.url).href,
          eventTypes: [...new Set(request.eventTypes)],
          channels: request.channels,
          name: request.name,
          description: request.description,
          metadata: request.metadata,
          whileDisabled: request.whileDisabled ?? config.whileDisabled,
          retrySchedule: request.retrySchedule as EndpointRecord["retrySchedule"],
          timeoutMs: request.timeoutMs,
          sealedHeaders: await sealHeaders(vault(), { tenantId, endpointId }, request.headers),
          concurrency: request.concurrency,
          fifo: request.fifo,
          rateLimit: request.rateLimit,
          integrationId: request.integrationId,
          signing,
          publicKey: made?.publicKey,
        },
        ...(made === undefined ? {} : { secret: made.record }),
        ...(maxEndpointsPerTenant === undefined ? {} : { maxEndpoints: maxEndpointsPerTenant }),
        ...storeNow(),
      });
      const secret = made?.secret as CreatedEndpoint<Signing>["secret"];
      return { secret, ...toEndpoint(endpoint) };
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
      const { tenantId, endpointId, headers, url, eventTypes, ...fields } = parseFields(
        updateEndpointInput,
        input,
        findProblems,
      );
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
      if (!(await store.delete({ ...reference, ...storeNow() }))) throw endpointNotFound(input);
    },

    async rotateSecret(input) {
      const { tenantId, endpointId, overlapSeconds, secret: given } = parseInput(rotateSecretInput, input);
      const { signing } = found(await store.find({ tenantId, endpointId }), input);
      const { record, secret, publicKey } = await createSigningSecret({ tenantId, signing, given });
      const rotated = await store.rotateSecret({
        tenantId,
        endpointId,
        secret: record,
        ...(publicKey === undefined ? {} : { publicKey }),
        overlapSeconds,
        mostSecrets: MOST_SIGNING_SECRETS,
        ...storeNow(),
      });
      return { secret, ...toEndpoint(found(rotated, input)) };
    },

    async revealSecret(input) {
      const { tenantId, endpointId } = parseInput(endpointReference, input);
      refuseToReveal(found(await store.find({ tenantId, endpointId }), input).signing);
      const [newest] = await store.listSecrets({ tenantId, endpointId, ...storeNow() });
      if (newest === undefined) throw endpointNotFound(input);
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
  throw endpointNotFound(reference);
}
