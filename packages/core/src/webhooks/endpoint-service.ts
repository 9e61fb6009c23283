import { createPublicId } from "../encoding/public-id.js";
import { type InputProblem, NotFoundError, ValidationError } from "../errors/tenon-error.js";
import { listPage, type Page } from "../input/page.js";
import { parseInput } from "../input/parse-input.js";
import type { Clock } from "../ports/clock.js";
import type { EndpointRecord, EndpointStore } from "../ports/endpoint-store.js";
import type { HttpTransport } from "../ports/http.js";
import type { Random } from "../ports/random.js";
import type { Secret } from "../secret/secret.js";
import type { Vault } from "../vault/vault.js";
import { checkEndpointUrl } from "./endpoint-url.js";
import type { EventCatalogue } from "./event-catalogue.js";
import {
  type CreateEndpointInput,
  createEndpointInput,
  type EndpointReference,
  endpointReference,
  type ListEndpointsInput,
  listEndpointsInput,
} from "./schemas.js";
import { generateSigningSecret, signingSecretPlace } from "./signing-secret.js";

/** An endpoint just created, with its signing secret: shown this once. */
export interface CreatedEndpoint extends EndpointRecord {
  readonly secret: Secret;
}

export interface EndpointServiceConfig {
  readonly store: EndpointStore;
  readonly catalogue: EventCatalogue;
  readonly transport: HttpTransport | undefined;
  /** @throws {ConfigError} when the host gave no vault keys. */
  readonly vault: () => Vault;
  readonly clock: Clock;
  readonly storeNow: () => { readonly now?: Date };
  readonly random: Random;
}

export interface EndpointService {
  /**
   * Creates an endpoint with a fresh signing secret, sealed at rest; `secret` shows it this once.
   * @throws {ValidationError} for an unknown event type, an empty list of them, or a URL that isn't allowed.
   */
  create(input: CreateEndpointInput): Promise<CreatedEndpoint>;
  /** @throws {NotFoundError} when the tenant has no such endpoint. */
  get(input: EndpointReference): Promise<EndpointRecord>;
  /** Newest first, at most `limit` (default 50, at most 100). */
  list(input: ListEndpointsInput): Promise<Page<EndpointRecord>>;
  /** Switches an endpoint off: what is pending shows as `held` until it is enabled. Idempotent. */
  disable(input: EndpointReference): Promise<EndpointRecord>;
  /** Switches an endpoint on and delivers what was held. Idempotent. */
  enable(input: EndpointReference): Promise<EndpointRecord>;
}

export function createEndpointService(config: EndpointServiceConfig): EndpointService {
  const { store, vault, clock, storeNow, random } = config;

  return {
    async create(input) {
      const request = parseInput(createEndpointInput, input);
      refuseWhatBreaksRules(request, config);
      const endpointId = createPublicId("ep", { clock, random });
      const secret = generateSigningSecret(random);
      const secretId = createPublicId("sec", { clock, random });
      const sealed = await vault().seal({
        ...signingSecretPlace({ tenantId: request.tenantId, secretId }),
        text: secret.reveal(),
      });
      const endpoint = await store.insert({
        endpoint: {
          ...request,
          id: endpointId,
          url: new URL(request.url).href,
          eventTypes: [...new Set(request.eventTypes)],
          description: request.description,
          retrySchedule: request.retrySchedule as EndpointRecord["retrySchedule"],
        },
        secret: { id: secretId, sealed },
        ...storeNow(),
      });
      return { ...endpoint, secret };
    },

    async get(input) {
      return found(await store.find(parseInput(endpointReference, input)), input);
    },

    async list(input) {
      const { tenantId, limit, cursor } = parseInput(listEndpointsInput, input);
      return listPage(limit, (count) =>
        store.list({ tenantId, limit: count, ...(cursor === undefined ? {} : { cursor }) }),
      );
    },

    async disable(input) {
      const reference = parseInput(endpointReference, input);
      return found(await store.disable({ ...reference, reason: "manual", ...storeNow() }), input);
    },

    async enable(input) {
      const reference = parseInput(endpointReference, input);
      return found(await store.enable({ ...reference, ...storeNow() }), input);
    },
  };
}

function found(endpoint: EndpointRecord | undefined, { endpointId }: EndpointReference): EndpointRecord {
  if (endpoint !== undefined) return endpoint;
  throw new NotFoundError("WEBHOOK_NOT_FOUND", `This tenant has no endpoint ${JSON.stringify(endpointId)}.`);
}

function refuseWhatBreaksRules(
  request: { readonly url: string; readonly eventTypes: readonly string[] },
  { catalogue, transport }: EndpointServiceConfig,
): void {
  const problems: InputProblem[] = [];
  const url = checkEndpointUrl(request.url, transport);
  if (!url.ok) problems.push({ pointer: "/url", message: url.reason });
  for (const [index, filter] of request.eventTypes.entries()) {
    if (!catalogue.accepts(filter)) {
      problems.push({
        pointer: `/eventTypes/${index}`,
        message: `"${filter}" is not in the event catalogue`,
      });
    }
  }
  if (problems.length > 0) throw new ValidationError(problems);
}
