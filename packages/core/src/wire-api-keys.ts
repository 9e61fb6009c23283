import { createApiKeyService } from "./api-keys/api-key-service.js";
import { createKeyJudge } from "./api-keys/authenticate-key.js";
import { CACHE_MAX_ENTRIES, CACHE_MAX_NEGATIVE_ENTRIES } from "./api-keys/defaults.js";
import { hashKey } from "./api-keys/hash-key.js";
import { createKeyCache } from "./api-keys/key-cache.js";
import { createKeyChangeListener } from "./api-keys/key-change-listener.js";
import { type AskedSettings, findKeyProblems } from "./api-keys/key-rules.js";
import { createKeyUsageReader } from "./api-keys/key-usage.js";
import { createUsageRecorder } from "./api-keys/usage-recorder.js";
import { looksOf } from "./http/credentials/choose-credential.js";
import type { KitContext } from "./kit-context.js";
import type { Stores } from "./ports/storage.js";
import { planCharges } from "./rate-limit/charge-plan.js";
import type { RateLimiter } from "./rate-limit/rate-limiter.js";
import { watchKeyJudge } from "./telemetry/watch-calls.js";

/** What API keys are made of: the service on any stores, and what judges the keys that requests carry. */
export function wireApiKeys(kit: KitContext, { limiter }: { readonly limiter: RateLimiter }) {
  const { settings, storage, storeNow, clock, random, crypto, logger, telemetry } = kit;
  const { wildcardScopes } = settings;
  const { format, acceptedFormats, policy, cacheSeconds } = settings.apiKeys;
  const knownScopes = settings.scopes && new Set(Object.keys(settings.scopes));

  const cache = createKeyCache({
    clock,
    lifetimeMs: cacheSeconds * 1000,
    maxEntries: CACHE_MAX_ENTRIES,
    maxNegativeEntries: CACHE_MAX_NEGATIVE_ENTRIES,
  });
  const usage = createUsageRecorder({ store: storage.keyUsage, clock, logger });
  const judgeKey = createKeyJudge({
    store: storage.apiKeys,
    format,
    acceptedFormats,
    cache,
    onVerdict: usage.record,
    wildcardScopes,
    clock,
    crypto,
    logger,
    planCharges,
    consume: limiter.consume,
  });
  const { keyChanges } = storage;

  return {
    cache,
    judgeKey: telemetry === undefined ? judgeKey : watchKeyJudge(judgeKey, telemetry),
    knownScopes,
    defaultLimits: policy.defaultLimits,
    findProblems: (asked: AskedSettings) =>
      findKeyProblems(asked, { format, knownScopes, wildcardScopes }, clock.now()),
    looksOf: (text: string) => looksOf({ format, acceptedFormats }, text),
    hashKey: (key: string) => hashKey(key, crypto),
    flushUsage: usage.flush,
    readUsage: createKeyUsageReader({
      keys: storage.apiKeys,
      usage: storage.keyUsage,
      clock,
      flush: usage.flush,
    }),
    tasks: [
      usage,
      ...(keyChanges === undefined ? [] : [createKeyChangeListener({ keyChanges, cache, clock, logger })]),
    ],
    serviceOn: (stores: Pick<Stores, "apiKeys">, onChange: (hash: string) => void) =>
      createApiKeyService({
        store: stores.apiKeys,
        format,
        acceptedFormats,
        policy,
        knownScopes,
        wildcardScopes,
        clock,
        storeNow,
        random,
        crypto,
        onChange,
      }),
  };
}
