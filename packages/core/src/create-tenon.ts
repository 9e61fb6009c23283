import { createApiKeyService } from "./api-keys/api-key-service.js";
import { createKeyJudge } from "./api-keys/authenticate-key.js";
import { CACHE_LIFETIME_MS, CACHE_MAX_ENTRIES, CACHE_MAX_NEGATIVE_ENTRIES } from "./api-keys/defaults.js";
import { hashKey } from "./api-keys/hash-key.js";
import { createKeyCache } from "./api-keys/key-cache.js";
import { createKeyChangeListener } from "./api-keys/key-change-listener.js";
import { createKeyUsageReader } from "./api-keys/key-usage.js";
import { createUsageRecorder } from "./api-keys/usage-recorder.js";
import { createBackground } from "./background.js";
import { type TenonConfig, tenonConfig } from "./config.js";
import { createIdGenerator } from "./encoding/id-generator.js";
import { ConfigError } from "./errors/tenon-error.js";
import { looksOf } from "./http/credentials/choose-credential.js";
import { createDoctor } from "./http/doctor/doctor.js";
import { createGuards } from "./http/guards.js";
import { parseConfig } from "./input/parse-input.js";
import { parseCidr } from "./network/cidr.js";
import type { Storage } from "./ports/storage.js";
import { createPruner } from "./prune.js";
import { createLimitService } from "./rate-limit/limit-service.js";
import { createRateLimiter } from "./rate-limit/rate-limiter.js";
import { isClusterWorker } from "./runtime/cluster-worker.js";
import { nodeCrypto } from "./runtime/crypto-node.js";
import { nodeRandom } from "./runtime/random-node.js";
import { silentLogger } from "./runtime/silent-logger.js";
import { systemClock } from "./runtime/system-clock.js";
import type { BoundTenon, Tenon } from "./tenon.js";
import { createDeliveryService } from "./webhooks/delivery-service.js";
import { createEndpointService } from "./webhooks/endpoint-service.js";
import { standardEnvelope } from "./webhooks/envelope.js";
import { createEventCatalogue } from "./webhooks/event-catalogue.js";
import { createMessageService } from "./webhooks/message-service.js";
import { createPublisher } from "./webhooks/publish.js";
import { createReplayService } from "./webhooks/replay-service.js";
import { createRunnerPool } from "./webhooks/runner-pool.js";
import { createTestSender } from "./webhooks/send-test.js";

/**
 * Wires Tenon from a host's configuration. It does nothing by itself: no connections, no timers, no environment.
 * @throws {ConfigError} listing every problem at once.
 * @example
 * const tenon = createTenon({ storage: memoryStorage(), scopes: { "posts:read": "Read posts" } });
 */
export function createTenon(config: TenonConfig): Tenon {
  const settings = parseConfig(tenonConfig, config);
  const { storage, transport, wildcardScopes, logger = silentLogger } = settings;
  const { clock = systemClock, random = nodeRandom, crypto = nodeCrypto } = settings;
  const createId = createIdGenerator({ clock, random });
  const storeNow = () => (settings.clock === undefined ? {} : { now: clock.now() });

  const { format, acceptedFormats, policy } = settings.apiKeys;
  const knownScopes = settings.scopes && new Set(Object.keys(settings.scopes));
  const trustedProxies = settings.trustedProxies.map(parseCidr).filter((range) => range !== undefined);
  const catalogue = createEventCatalogue(config.events);
  const vault = () => settings.vaultKeys ?? missing("vaultKeys", "is required once endpoints are used");

  const cache = createKeyCache({
    clock,
    lifetimeMs: CACHE_LIFETIME_MS,
    maxEntries: CACHE_MAX_ENTRIES,
    maxNegativeEntries: CACHE_MAX_NEGATIVE_ENTRIES,
  });
  const limiter = createRateLimiter({ store: storage.rateLimits, clock, storeNow, logger });
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
    consume: limiter.consume,
  });
  const runners = createRunnerPool({
    storage,
    storeNow,
    transport: () =>
      transport ?? missing("transport", "is required for deliveries, for example nodeTransport()"),
    vault,
    retrySchedule: config.webhooks?.retrySchedule,
    signatureProfiles: settings.webhooks.signatureProfiles,
    disableAfterMs: settings.webhooks.disableAfterDays && settings.webhooks.disableAfterDays * DAY_MS,
    clock,
    random,
    crypto,
    logger,
  });

  const publishing = {
    catalogue,
    envelope: settings.webhooks.envelope ?? standardEnvelope,
    maxPayloadBytes: settings.webhooks.maxPayloadBytes,
    createId,
    clock,
    storeNow,
  };

  function servicesOn(
    stores: Storage,
    told: { readonly onKeyChange: (hash: string) => void; readonly onPublish: () => void },
  ): BoundTenon {
    return {
      apiKeys: createApiKeyService({
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
        onChange: told.onKeyChange,
      }),
      endpoints: {
        ...createEndpointService({
          store: stores.endpoints,
          queue: stores.queue,
          catalogue,
          transport,
          signatureProfiles: settings.webhooks.signatureProfiles,
          vault,
          clock,
          storeNow,
          random,
          logger,
          maxEndpointsPerTenant: settings.webhooks.maxEndpointsPerTenant,
        }),
        sendTest: createTestSender({ ...publishing, storage: stores, onDue: told.onPublish }),
      },
      webhooks: createPublisher({
        ...publishing,
        storage: stores,
        crypto,
        onPublish: told.onPublish,
      }),
      messages: createMessageService({ store: stores.messages }),
      deliveries: {
        ...createDeliveryService({ store: stores.deliveries, storeNow }),
        ...createReplayService({ storage: stores, storeNow, onDue: told.onPublish }),
      },
    };
  }

  const doctor = createDoctor({ logger, disabled: settings.doctor });
  if (storage.isProcessLocal && isClusterWorker()) doctor.warn("memory-storage-in-cluster");

  const { keyChanges } = storage;
  const pruner = createPruner({ storage, clock, storeNow, logger });
  const background = createBackground([
    pruner.task,
    usage,
    ...(keyChanges === undefined ? [] : [createKeyChangeListener({ keyChanges, cache, clock, logger })]),
  ]);

  const readUsage = createKeyUsageReader({
    keys: storage.apiKeys,
    usage: storage.keyUsage,
    clock,
    flush: usage.flush,
  });
  const services = servicesOn(storage, { onKeyChange: cache.evict, onPublish: runners.wake });
  return {
    ...services,
    apiKeys: {
      ...services.apiKeys,
      authenticate: async (request) => (await judgeKey(request)).result,
      usage: readUsage,
    },
    limits: createLimitService(limiter),
    webhooks: {
      ...services.webhooks,
      startRunner: runners.start,
      runOnce: runners.runOnce,
      deliverNow: runners.deliverNow,
      drain: runners.drain,
    },
    http: createGuards({
      settings: settings.http,
      judgeKey,
      looksOf: (text) => looksOf({ format, acceptedFormats }, text),
      hashKey: (key) => hashKey(key, crypto),
      knownScopes,
      defaultLimits: policy.defaultLimits,
      limiter,
      trustedProxies,
      doctor,
      clock,
      logger,
    }),
    within: (transaction) =>
      servicesOn(storage.bind(transaction), { onKeyChange: cache.bury, onPublish: runners.wakeAfterCommit }),
    start: background.start,
    prune: pruner.prune,
    close: async () => {
      await background.stop();
      await runners.stop();
      await transport?.close?.();
    },
  };
}

const DAY_MS = 86_400_000;

function missing(name: string, message: string): never {
  throw new ConfigError([{ pointer: `/${name}`, message }]);
}
