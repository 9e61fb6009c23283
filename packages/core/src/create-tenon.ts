import { createApiKeyService } from "./api-keys/api-key-service.js";
import { createKeyAuthenticator } from "./api-keys/authenticate-key.js";
import { CACHE_LIFETIME_MS, CACHE_MAX_ENTRIES, CACHE_MAX_NEGATIVE_ENTRIES } from "./api-keys/defaults.js";
import { createKeyCache } from "./api-keys/key-cache.js";
import { type TenonConfig, tenonConfig } from "./config.js";
import { ConfigError } from "./errors/tenon-error.js";
import { createApiKeyGuard } from "./http/api-key-guard.js";
import { createRateLimitGuard } from "./http/rate-limit-guard.js";
import { parseConfig } from "./input/parse-input.js";
import { parseCidr } from "./network/cidr.js";
import type { Storage } from "./ports/storage.js";
import { createRateLimiter } from "./rate-limit/rate-limiter.js";
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
import { createRunnerPool } from "./webhooks/runner-pool.js";

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
  const storeNow = () => (settings.clock === undefined ? {} : { now: clock.now() });

  const format = settings.apiKeys;
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
  const authenticate = createKeyAuthenticator({
    store: storage.apiKeys,
    format,
    cache,
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
    clock,
    random,
    crypto,
    logger,
  });

  function servicesOn(
    stores: Storage,
    told: { readonly onKeyChange: (hash: string) => void; readonly onPublish: () => void },
  ): BoundTenon {
    return {
      apiKeys: createApiKeyService({
        store: stores.apiKeys,
        format,
        knownScopes,
        wildcardScopes,
        clock,
        storeNow,
        random,
        crypto,
        onChange: told.onKeyChange,
      }),
      endpoints: createEndpointService({
        store: stores.endpoints,
        catalogue,
        transport,
        vault,
        clock,
        storeNow,
        random,
      }),
      webhooks: {
        publish: createPublisher({
          store: stores.messages,
          catalogue,
          envelope: settings.webhooks.envelope ?? standardEnvelope,
          clock,
          storeNow,
          random,
          crypto,
          onPublish: told.onPublish,
        }),
      },
      messages: createMessageService({ store: stores.messages }),
      deliveries: createDeliveryService({ store: stores.deliveries, storeNow }),
    };
  }

  const services = servicesOn(storage, { onKeyChange: cache.evict, onPublish: runners.wake });
  return {
    ...services,
    apiKeys: { ...services.apiKeys, authenticate },
    limits: limiter,
    webhooks: { ...services.webhooks, startRunner: runners.start, runOnce: runners.runOnce },
    http: {
      apiKeyGuard: (options) =>
        createApiKeyGuard(options, { authenticate, format, knownScopes, trustedProxies, clock, logger }),
      rateLimitGuard: (options) => createRateLimitGuard(options, { limiter, trustedProxies, clock }),
    },
    within: (transaction) =>
      servicesOn(storage.bind(transaction), { onKeyChange: cache.bury, onPublish: runners.wakeAfterCommit }),
    start: async () => {},
    close: async () => {
      await runners.stop();
      await transport?.close?.();
    },
  };
}

function missing(name: string, message: string): never {
  throw new ConfigError([{ pointer: `/${name}`, message }]);
}
