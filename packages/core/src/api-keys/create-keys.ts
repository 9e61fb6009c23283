import { createPublicId } from "../encoding/public-id.js";
import type { InputProblem } from "../errors/tenon-error.js";
import { isStorableInstant } from "../input/storable-instant.js";
import type { ApiKeyRecord, NewApiKey } from "../ports/api-key-store.js";
import { createSecret } from "../secret/secret.js";
import { type ApiKey, type CreatedApiKey, toApiKey } from "./api-key.js";
import type { ApiKeyServiceConfig } from "./api-key-service-config.js";
import { hashKey, type KeyHashFormat, parseKeyHash } from "./hash-key.js";
import { generateKeyText, keyStart } from "./key-format.js";
import { chooseExpiry } from "./key-policy.js";
import type { CreateApiKeysRequest, ImportApiKeysRequest } from "./schemas.js";

type Settings = Omit<CreateApiKeysRequest["keys"][number], "environment">;
type Origin = Pick<NewApiKey, "hash" | "prefix" | "environment" | "start">;

/** Creates keys of checked settings, all or none. */
export async function createKeys(
  { tenantId, keys }: CreateApiKeysRequest,
  config: ApiKeyServiceConfig,
): Promise<readonly CreatedApiKey[]> {
  const { format, random, crypto, clock } = config;
  const asked = keys.map((key) => ({ ...key, environment: key.environment ?? format.environments[0] }));
  const texts = asked.map(({ environment }) => generateKeyText(format, environment, random));
  const newKeys = asked.map((key, index) => {
    const text = texts[index] ?? "";
    const origin = { hash: hashKey(text, crypto), prefix: format.prefix, start: keyStart(format, text) };
    return newKey(tenantId, key, { ...origin, environment: key.environment }, config);
  });
  const records = await store(tenantId, newKeys, config);
  const now = clock.now();
  return records.map((record, index) => ({
    ...toApiKey(record, now),
    secret: createSecret(texts[index] ?? ""),
  }));
}

/** Stores keys of checked settings whose texts are known elsewhere, all or none. */
export async function importKeys(
  { tenantId, keys }: ImportApiKeysRequest,
  config: ApiKeyServiceConfig,
): Promise<readonly ApiKey[]> {
  const newKeys = keys.map((key) => {
    const origin = {
      hash: readHash(key, config) ?? "",
      prefix: "",
      environment: undefined,
      start: key.start,
    };
    return newKey(tenantId, key, origin, config);
  });
  const records = await store(tenantId, newKeys, config);
  const now = config.clock.now();
  return records.map((record) => toApiKey(record, now));
}

function newKey(tenantId: string, asked: Settings, origin: Origin, config: ApiKeyServiceConfig): NewApiKey {
  const { clock, random, policy } = config;
  return {
    ...origin,
    tenantId,
    id: createPublicId("key", { clock, random }),
    name: asked.name,
    ownerId: asked.ownerId,
    scopes: [...new Set(asked.scopes)],
    limits: asked.limits ?? policy.defaultLimits,
    ipAllowlist: asked.ipAllowlist,
    metadata: asked.metadata,
    notBefore: asked.notBefore,
    expiresAt: chooseExpiry(asked, policy, clock.now()),
  };
}

async function store(
  tenantId: string,
  keys: readonly NewApiKey[],
  { store, policy, storeNow, onChange }: ApiKeyServiceConfig,
): Promise<readonly ApiKeyRecord[]> {
  const { maxKeysPerTenant } = policy;
  const shared = {
    ...(maxKeysPerTenant === undefined ? {} : { maxLiveKeys: maxKeysPerTenant }),
    ...storeNow(),
  };
  const [only] = keys;
  const records =
    keys.length === 1 && only !== undefined
      ? [await store.insert({ key: only, ...shared })]
      : await store.insertMany({ tenantId, keys, ...shared });
  for (const { hash } of records) onChange(hash);
  return records;
}

/** What is wrong with an expiry that comes of the default lifetime. One that was asked for is checked with the rest. */
export function findLifetimeProblems(
  asked: Parameters<typeof chooseExpiry>[0],
  { policy, clock }: Pick<ApiKeyServiceConfig, "policy" | "clock">,
  at: string,
): readonly InputProblem[] {
  const expiresAt = chooseExpiry(asked, policy, clock.now());
  if (expiresAt === undefined || isStorableInstant(expiresAt)) return [];
  return [
    { pointer: `${at}/notBefore`, message: "must leave room for the default lifetime before the year 10000" },
  ];
}

type GivenHash = Pick<ImportApiKeysRequest["keys"][number], "hash" | "hashFormat">;

/** What is wrong with the hash of a key from elsewhere. `at` is where the key stands in the input. */
export function findHashProblems(
  given: GivenHash,
  config: Pick<ApiKeyServiceConfig, "acceptedFormats">,
  at: string,
): readonly InputProblem[] {
  if (readHash(given, config) !== undefined) return [];
  const format = given.hashFormat ?? usualHashFormat(config);
  return format === undefined
    ? [
        {
          pointer: `${at}/hashFormat`,
          message: "must be given: the accepted formats write hashes differently",
        },
      ]
    : [{ pointer: `${at}/hash`, message: `must be a SHA-256 written as ${format}` }];
}

function readHash(
  { hash, hashFormat }: GivenHash,
  config: Pick<ApiKeyServiceConfig, "acceptedFormats">,
): string | undefined {
  const format = hashFormat ?? usualHashFormat(config);
  return format && parseKeyHash(hash, format);
}

/** How hashes are written where nothing else is said: as the accepted formats have it, if they agree. */
function usualHashFormat({
  acceptedFormats,
}: Pick<ApiKeyServiceConfig, "acceptedFormats">): KeyHashFormat | undefined {
  const [first = "sha256-hex", ...others] = new Set(acceptedFormats.map(({ hash }) => hash));
  return others.length === 0 ? first : undefined;
}
