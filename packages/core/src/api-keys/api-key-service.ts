import { ConflictError, NotFoundError } from "../errors/tenon-error.js";
import { listPage, type Page } from "../input/page.js";
import { fittingItems, parseFields, parseInput } from "../input/parse-input.js";
import { withoutUndefined } from "../input/without-undefined.js";
import type { ApiKeyRecord } from "../ports/api-key-store.js";
import { type ApiKey, type CreatedApiKey, toApiKey } from "./api-key.js";
import type { ApiKeyServiceConfig } from "./api-key-service-config.js";
import { createKeys, findHashProblems, findLifetimeProblems, importKeys } from "./create-keys.js";
import { MOST_KEYS_AT_ONCE } from "./defaults.js";
import { keyPattern } from "./key-format.js";
import { type AskedSettings, findKeyProblems } from "./key-rules.js";
import { type RotatedApiKey, rotateKey } from "./rotate-key.js";
import {
  type ApiKeyReference,
  apiKeyReference,
  type CreateApiKeyInput,
  type CreateApiKeysInput,
  createApiKeyInput,
  createApiKeysInput,
  type ImportApiKeysInput,
  importApiKeysInput,
  type ListApiKeysInput,
  listApiKeysInput,
  type RevokeApiKeysInput,
  type RotateApiKeyInput,
  revokeApiKeysInput,
  rotateApiKeyInput,
  type UpdateApiKeyInput,
} from "./schemas.js";
import { updateKey } from "./update-key.js";

export interface ApiKeyService {
  /**
   * Creates a key. Its text is in `secret`, this once. Without `limits` or `expiresAt` it gets the host's defaults; `[]`
   * and null stand for none and never. `grantableScopes` are the scopes of whoever asks: the key gets none beyond them.
   * @throws {ValidationError} for an unknown scope or environment, an expiry in the past, a limit of 0 …
   * @throws {TenonError} `LIMIT_EXCEEDED` when the tenant has as many keys as the host lets it have.
   */
  create(input: CreateApiKeyInput): Promise<CreatedApiKey>;
  /** Creates 1 to 100 keys of one tenant, all or none, in the order given. Otherwise as `create`. */
  createMany(input: CreateApiKeysInput): Promise<readonly CreatedApiKey[]>;
  /**
   * Takes over 1 to 100 keys that were issued elsewhere, by the SHA-256 of their texts, all or none. What their texts look
   * like is told to `createTenon` as `acceptedFormats`, unless they have the format of new keys. Otherwise as `create`.
   * @throws {ConflictError} when one of the hashes is stored already.
   */
  import(input: ImportApiKeysInput): Promise<readonly ApiKey[]>;
  /** @throws {NotFoundError} when the tenant has no such key. */
  get(input: ApiKeyReference): Promise<ApiKey>;
  /** Newest first, at most `limit` (default 50, at most 100). Each filter narrows. */
  list(input: ListApiKeysInput): Promise<Page<ApiKey>>;
  /**
   * Changes what is given and keeps the rest; null clears an owner or an instant. Followed as soon as a revocation is.
   * @throws {NotFoundError} when the tenant has no such key.
   * @throws {ConflictError} when the key is revoked.
   * @throws {ValidationError} as `create`.
   */
  update(input: UpdateApiKeyInput): Promise<ApiKey>;
  /**
   * Switches a key off until it is enabled. Followed as soon as a revocation is. Idempotent.
   * @throws {NotFoundError} when the tenant has no such key.
   */
  disable(input: ApiKeyReference): Promise<ApiKey>;
  /** Takes `disable` back; a key that is revoked or expired stays so. Idempotent. Throws as `disable`. */
  enable(input: ApiKeyReference): Promise<ApiKey>;
  /**
   * Revokes a key for good. Immediate in this process; elsewhere within the cache lifetime. Idempotent.
   * @throws {NotFoundError} when the tenant has no such key.
   */
  revoke(input: ApiKeyReference): Promise<ApiKey>;
  /**
   * Revokes up to 100 keys by id, or every key of an owner. Ids that the tenant doesn't have are passed over.
   * Returns the keys by id, also those revoked before; of an owner, those that this call revoked.
   */
  revokeMany(input: RevokeApiKeysInput): Promise<readonly ApiKey[]>;
  /**
   * Creates a key's successor, with all its settings and a text of its own, and lets the old one work on for
   * `graceSeconds`, or less if it expires sooner. 0 is for a key that leaked: it is revoked at once. A key has one
   * successor at most. A cap on keys doesn't stand in the way.
   * @throws {NotFoundError} when the tenant has no such key.
   * @throws {ConflictError} when the key is revoked, expired or was rotated before.
   */
  rotate(input: RotateApiKeyInput): Promise<RotatedApiKey>;
  /** The source of a regular expression that finds this host's keys in text, for secret scanners. RE2 is enough for it. */
  keyPattern(): string;
}

export function createApiKeyService(config: ApiKeyServiceConfig): ApiKeyService {
  const { store, format, clock, storeNow, onChange } = config;

  /** Shows a key that was changed, once caches have forgotten it. */
  const changed = (record: ApiKeyRecord | undefined, { keyId }: ApiKeyReference): ApiKey => {
    if (record === undefined) throw keyNotFound(keyId);
    onChange(record.hash);
    return toApiKey(record, clock.now());
  };

  const problemsOf = (asked: AskedSettings, at = "") => [
    ...findKeyProblems(asked, config, clock.now(), at),
    ...findLifetimeProblems(asked, config, at),
  ];

  const revokeOwned = async (tenantId: string, ownerId: string): Promise<readonly ApiKeyRecord[]> => {
    const revoked: ApiKeyRecord[] = [];
    for (;;) {
      const limit = MOST_KEYS_AT_ONCE;
      const batch = await store.revokeMany({ tenantId, ownerId, limit, ...storeNow() });
      for (const { hash } of batch) onChange(hash);
      revoked.push(...batch);
      if (batch.length < limit) return revoked;
    }
  };

  return {
    async create(input) {
      const { tenantId, ...key } = parseFields(createApiKeyInput, input, (fields) => problemsOf(fields));
      const [created] = await createKeys({ tenantId, keys: [key] }, config);
      if (created === undefined) throw new TypeError("the storage returned no key");
      return created;
    },

    async createMany(input) {
      const { element } = createApiKeysInput.shape.keys;
      const request = parseFields(createApiKeysInput, input, ({ keys }) =>
        (keys ?? fittingItems(element, input.keys)).flatMap((key, index) =>
          problemsOf(key, `/keys/${index}`),
        ),
      );
      return createKeys(request, config);
    },

    async import(input) {
      const { element } = importApiKeysInput.shape.keys;
      const request = parseFields(importApiKeysInput, input, ({ keys }) => [
        // How a hash is written may be what is wrong: then nothing is said of the hash.
        ...(keys ?? []).flatMap((key, index) => findHashProblems(key, config, `/keys/${index}`)),
        ...(keys ?? fittingItems(element, input.keys)).flatMap((key, index) =>
          problemsOf(key, `/keys/${index}`),
        ),
      ]);
      return importKeys(request, config);
    },

    async get(input) {
      const reference = parseInput(apiKeyReference, input);
      const record = await store.find(reference);
      if (record === undefined) throw keyNotFound(reference.keyId);
      return toApiKey(record, clock.now());
    },

    async list(input) {
      const { limit, ...filter } = withoutUndefined(parseInput(listApiKeysInput, input));
      const page = await listPage(limit, (count) => store.list({ ...filter, limit: count, ...storeNow() }));
      const now = clock.now();
      return { ...page, items: page.items.map((record) => toApiKey(record, now)) };
    },

    async update(input) {
      const record = await updateKey(input, config);
      if (record?.revokedAt !== undefined) {
        throw new ConflictError("This API key is revoked, which is for good. Create a new one.");
      }
      return changed(record, input);
    },

    async disable(input) {
      const reference = parseInput(apiKeyReference, input);
      return changed(await store.disable({ ...reference, ...storeNow() }), reference);
    },

    async enable(input) {
      const reference = parseInput(apiKeyReference, input);
      return changed(await store.enable(reference), reference);
    },

    async revoke(input) {
      const reference = parseInput(apiKeyReference, input);
      return changed(await store.revoke({ ...reference, ...storeNow() }), reference);
    },

    async revokeMany(input) {
      const request = parseInput(revokeApiKeysInput, input);
      const records =
        "ownerId" in request
          ? await revokeOwned(request.tenantId, request.ownerId)
          : await store.revokeMany({ ...request, ...storeNow() });
      for (const { hash } of records) onChange(hash);
      const now = clock.now();
      return records.map((record) => toApiKey(record, now));
    },

    async rotate(input) {
      const request = parseInput(rotateApiKeyInput, input);
      const rotated = await rotateKey(request, config);
      if (rotated === undefined) throw keyNotFound(request.keyId);
      return rotated;
    },

    keyPattern: () => keyPattern(format),
  };
}

function keyNotFound(keyId: string): NotFoundError {
  return new NotFoundError("API_KEY_NOT_FOUND", `This tenant has no API key ${JSON.stringify(keyId)}.`);
}
