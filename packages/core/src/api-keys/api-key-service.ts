import { createPublicId } from "../encoding/public-id.js";
import { type InputProblem, NotFoundError, ValidationError } from "../errors/tenon-error.js";
import { listPage, type Page } from "../input/page.js";
import { parseInput } from "../input/parse-input.js";
import { parseCidr } from "../network/cidr.js";
import type { ApiKeyStore } from "../ports/api-key-store.js";
import type { Clock } from "../ports/clock.js";
import type { Crypto } from "../ports/crypto.js";
import type { Random } from "../ports/random.js";
import { findUnknownScopes } from "../scopes/find-unknown-scopes.js";
import { createSecret } from "../secret/secret.js";
import { type ApiKey, type CreatedApiKey, toApiKey } from "./api-key.js";
import { hashKey } from "./hash-key.js";
import { generateKeyText, type KeyFormat, keyStart } from "./key-format.js";
import {
  type ApiKeyReference,
  apiKeyReference,
  type CreateApiKeyInput,
  createApiKeyInput,
  type ListApiKeysInput,
  listApiKeysInput,
} from "./schemas.js";

export interface ApiKeyServiceConfig {
  readonly store: ApiKeyStore;
  readonly format: KeyFormat;
  /** The registry of scopes; absent leaves scopes open. */
  readonly knownScopes: ReadonlySet<string> | undefined;
  readonly wildcardScopes: boolean;
  readonly clock: Clock;
  /** The instant handed to the store: undefined lets the database's clock decide. */
  readonly storeNow: () => { readonly now?: Date };
  readonly random: Random;
  readonly crypto: Crypto;
  /** Told the hash of every key that changed, so that caches forget it. */
  readonly onChange: (hash: string) => void;
}

export interface ApiKeyService {
  /**
   * Creates a key. Its text is in `secret`, this once.
   * @throws {ValidationError} for an unknown scope or environment, an expiry in the past, a limit of 0 …
   */
  create(input: CreateApiKeyInput): Promise<CreatedApiKey>;
  /** @throws {NotFoundError} when the tenant has no such key. */
  get(input: ApiKeyReference): Promise<ApiKey>;
  /** Newest first, at most `limit` (default 50, at most 100). */
  list(input: ListApiKeysInput): Promise<Page<ApiKey>>;
  /**
   * Revokes a key for good. Immediate in this process; elsewhere within the cache lifetime. Idempotent.
   * @throws {NotFoundError} when the tenant has no such key.
   */
  revoke(input: ApiKeyReference): Promise<ApiKey>;
}

export function createApiKeyService(config: ApiKeyServiceConfig): ApiKeyService {
  const { store, format, clock, storeNow, random, crypto, onChange } = config;

  return {
    async create(input) {
      const request = parseInput(createApiKeyInput, input);
      const environment = request.environment ?? format.environments[0];
      refuseWhatBreaksRules({ ...request, environment }, config);
      const keyText = generateKeyText(format, environment, random);
      const record = await store.insert({
        key: {
          tenantId: request.tenantId,
          id: createPublicId("key", { clock, random }),
          hash: hashKey(keyText, crypto),
          prefix: format.prefix,
          environment,
          start: keyStart(format, keyText),
          name: request.name,
          ownerId: request.ownerId,
          scopes: [...new Set(request.scopes)],
          limits: request.limits,
          ipAllowlist: request.ipAllowlist,
          metadata: request.metadata,
          notBefore: request.notBefore,
          expiresAt: request.expiresAt,
        },
        ...storeNow(),
      });
      onChange(record.hash);
      return { ...toApiKey(record, clock.now()), secret: createSecret(keyText) };
    },

    async get(input) {
      const record = await store.find(parseInput(apiKeyReference, input));
      if (record === undefined) throw keyNotFound(input.keyId);
      return toApiKey(record, clock.now());
    },

    async list(input) {
      const { tenantId, limit, cursor } = parseInput(listApiKeysInput, input);
      const page = await listPage(limit, (count) =>
        store.list({ tenantId, limit: count, ...(cursor === undefined ? {} : { cursor }) }),
      );
      const now = clock.now();
      return { ...page, items: page.items.map((record) => toApiKey(record, now)) };
    },

    async revoke(input) {
      const reference = parseInput(apiKeyReference, input);
      const record = await store.revoke({ ...reference, ...storeNow() });
      if (record === undefined) throw keyNotFound(reference.keyId);
      onChange(record.hash);
      return toApiKey(record, clock.now());
    },
  };
}

function keyNotFound(keyId: string): NotFoundError {
  return new NotFoundError("API_KEY_NOT_FOUND", `This tenant has no API key ${JSON.stringify(keyId)}.`);
}

interface KeyRequest {
  readonly environment: string | undefined;
  readonly scopes: readonly string[];
  readonly ipAllowlist: readonly string[];
  readonly notBefore?: Date | undefined;
  readonly expiresAt?: Date | undefined;
}

function refuseWhatBreaksRules(
  request: KeyRequest,
  { format, knownScopes, wildcardScopes, clock }: ApiKeyServiceConfig,
): void {
  const problems: InputProblem[] = [];
  if (request.environment !== undefined && !format.environments.includes(request.environment)) {
    problems.push({ pointer: "/environment", message: `must be one of: ${format.environments.join(", ")}` });
  }
  const unknown = knownScopes
    ? findUnknownScopes({ scopes: request.scopes, registry: knownScopes, wildcards: wildcardScopes })
    : [];
  for (const scope of unknown) {
    const pointer = `/scopes/${request.scopes.indexOf(scope)}`;
    problems.push({ pointer, message: `"${scope}" is not a known scope` });
  }
  for (const [index, range] of request.ipAllowlist.entries()) {
    if (parseCidr(range) === undefined) {
      problems.push({ pointer: `/ipAllowlist/${index}`, message: "must be an IP address or a CIDR range" });
    }
  }
  if (request.expiresAt !== undefined && request.expiresAt <= clock.now()) {
    problems.push({ pointer: "/expiresAt", message: "must be in the future" });
  }
  if (
    request.notBefore !== undefined &&
    request.expiresAt !== undefined &&
    request.notBefore >= request.expiresAt
  ) {
    problems.push({ pointer: "/notBefore", message: "must be before expiresAt" });
  }
  if (problems.length > 0) throw new ValidationError(problems);
}
