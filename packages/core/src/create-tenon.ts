import { authenticateBy } from "./api-keys/authenticate-key.js";
import { type Actor, HOST_ACTOR } from "./audit/actor.js";
import { readActor } from "./audit/read-actor.js";
import { createBackground } from "./background.js";
import { type TenonConfig, tenonConfig } from "./config.js";
import { createIdGenerator } from "./encoding/id-generator.js";
import { createReadinessProbe } from "./health/readiness-probe.js";
import { createDoctor } from "./http/doctor/doctor.js";
import { createGuards } from "./http/guards.js";
import { parseConfig } from "./input/parse-input.js";
import type { KitContext } from "./kit-context.js";
import { createKitLogger } from "./kit-logger.js";
import type { LifecycleEvent } from "./lifecycle/events.js";
import { parseCidr } from "./network/cidr.js";
import type { Storage } from "./ports/storage.js";
import { createPruner } from "./prune.js";
import { createLimitService } from "./rate-limit/limit-service.js";
import { createRateLimiter } from "./rate-limit/rate-limiter.js";
import { isClusterWorker } from "./runtime/cluster-worker.js";
import { nodeCrypto } from "./runtime/crypto-node.js";
import { nodeRandom } from "./runtime/random-node.js";
import { systemClock } from "./runtime/system-clock.js";
import { createQueueObserver } from "./telemetry/observe-queue.js";
import { watchLimiter } from "./telemetry/watch-calls.js";
import { watchRateLimitStore, watchStorage } from "./telemetry/watch-storage.js";
import { createTenantService } from "./tenants/tenant-service.js";
import { createUserService } from "./tenants/user-service.js";
import type { BoundTenon, Tenon, TenonServices } from "./tenon.js";
import { createVault } from "./vault/vault.js";
import { standardEnvelope } from "./webhooks/envelope.js";
import { createEventTypeService } from "./webhooks/event-type-service.js";
import { wireApiKeys } from "./wire-api-keys.js";
import { type ChangeListener, wireAudit } from "./wire-audit.js";
import { wireLifecycle } from "./wire-lifecycle.js";
import { wireWebhooks } from "./wire-webhooks.js";

/** What a store is told of the time where the host brought no clock: nothing. */
const STORE_TIME = Object.freeze({});

/**
 * Wires Tenon from a host's configuration. It does nothing by itself: no connections, no timers, no environment.
 * @throws {ConfigError} listing every problem at once.
 * @example
 * const tenon = createTenon({ storage: memoryStorage(), scopes: { "posts:read": "Read posts" } });
 */
export function createTenon(config: TenonConfig): Tenon {
  const settings = parseConfig(tenonConfig, config);
  const { transport, telemetry } = settings;
  const logger = createKitLogger(settings);
  const storage = telemetry === undefined ? settings.storage : watchStorage(settings.storage, telemetry);
  const { clock = systemClock, random = nodeRandom, crypto = nodeCrypto } = settings;
  const atKitNow = (now = clock.now()) => ({ now });
  const atOwnNow = () => STORE_TIME;
  const storeNow = settings.clock === undefined ? atOwnNow : atKitNow;
  const createId = createIdGenerator({ clock, random });
  const { limits: rateLimits = storage.rateLimits, shortLived = storage.shortLived } = settings;
  // Several processes count by the clock of the store they share. In one, a second look at the time costs a fifteenth of
  // a warm call.
  const limitsNow = rateLimits === storage.rateLimits && storage.isProcessLocal ? atKitNow : storeNow;
  const kit: KitContext = {
    settings,
    storage,
    shortLived,
    clock,
    random,
    crypto,
    logger,
    telemetry,
    vault: settings.vaultKeys && createVault(settings.vaultKeys, { crypto, random }),
    createId,
    storeNow,
  };

  const limiter =
    telemetry === undefined
      ? createRateLimiter({ store: rateLimits, clock, storeNow: limitsNow, logger })
      : watchLimiter(
          createRateLimiter({
            store: watchRateLimitStore(rateLimits, telemetry),
            clock,
            storeNow: limitsNow,
            logger,
          }),
          telemetry,
        );
  const keys = wireApiKeys(kit, { limiter });
  const pruner = createPruner({
    storage: { rateLimits, shortLived, retention: storage.retention, audit: storage.audit },
    retentionDays: settings.webhooks.retentionDays,
    usageRetentionDays: settings.apiKeys.usageRetentionDays,
    auditRetentionDays: settings.audit.retentionDays,
    clock,
    storeNow,
    logger,
  });
  const lifecycle = wireLifecycle(kit);
  const webhooks = wireWebhooks(kit, config, { pruner, lifecycle });
  const { runners } = webhooks;

  const audit = wireAudit(kit, lifecycle);
  const servicesOn = (
    stores: Storage,
    told: ChangeListener & { readonly onKeyChange: (hash: string) => void },
    actor: Actor,
  ): TenonServices => {
    const watched = audit.watch(stores, actor, told);
    const apiKeys = keys.serviceOn(watched, told.onKeyChange);
    return {
      apiKeys,
      users: createUserService({ revokeOwned: apiKeys.revokeMany }),
      audit: audit.serviceOn(stores, actor),
      ...webhooks.servicesOn(watched, told.onPublish),
    };
  };

  const doctor = createDoctor({ logger, disabled: settings.doctor });
  if (storage.isProcessLocal && isClusterWorker()) doctor.warn("memory-storage-in-cluster");

  const trustedProxies = settings.trustedProxies.map(parseCidr).filter((range) => range !== undefined);
  const background = createBackground([
    pruner.task,
    ...keys.tasks,
    runners.teller,
    ...(telemetry === undefined ? [] : [createQueueObserver({ storage, storeNow, telemetry })]),
  ]);

  const servicesOf = (actor: Actor) =>
    servicesOn(
      storage,
      { onKeyChange: keys.cache.evict, onPublish: runners.wake, onEvents: lifecycle.dispatch },
      actor,
    );
  const within = (transaction: unknown, firstActor: Actor): BoundTenon => {
    const stores = storage.bind(transaction);
    const events: LifecycleEvent[] = [];
    const changedKeys: string[] = [];
    const told = {
      onKeyChange: (hash: string) => {
        keys.cache.bury(hash);
        changedKeys.push(hash);
      },
      onPublish: runners.wakeAfterCommit,
      onEvents: (others: readonly LifecycleEvent[]) => void events.push(...others),
    };
    const boundFor = (actor: Actor): BoundTenon =>
      Object.assign(servicesOn(stores, told, actor), {
        actingAs: (other: Actor) => boundFor(readActor(other)),
        committed: async () => {
          // A transaction may outlast what keeps their old records out of the cache.
          for (const hash of changedKeys.splice(0)) keys.cache.evict(hash);
          lifecycle.dispatch(events.splice(0));
        },
      });
    return boundFor(firstActor);
  };

  const services = servicesOf(HOST_ACTOR);
  return {
    ...services,
    apiKeys: {
      ...services.apiKeys,
      authenticate: authenticateBy(keys.judgeKey),
      usage: keys.readUsage,
    },
    limits: createLimitService(limiter),
    eventTypes: createEventTypeService(config.events),
    tenants: createTenantService({
      store: storage.erasure,
      clock,
      storeNow,
      onKeyChange: keys.cache.evict,
      flushUsage: keys.flushUsage,
    }),
    webhooks: {
      ...services.webhooks,
      startRunner: runners.start,
      runOnce: runners.runOnce,
      deliverNow: runners.deliverNow,
      publishNow: webhooks.publishNow,
      drain: runners.drain,
    },
    http: {
      ...createGuards({
        settings: settings.http,
        judgeKey: keys.judgeKey,
        looksOf: keys.looksOf,
        hashKey: keys.hashKey,
        knownScopes: keys.knownScopes,
        defaultLimits: keys.defaultLimits,
        limiter,
        trustedProxies,
        doctor,
        clock,
        logger,
      }),
      management: {
        ...{ storage, shortLived, clock, random, crypto, logger, storeNow },
        vault: kit.vault,
        webhooks: {
          envelope: settings.webhooks.envelope ?? standardEnvelope,
          signatureProfiles: settings.webhooks.signatureProfiles,
        },
        rules: {
          findKeyProblems: keys.findProblems,
          findEndpointProblems: webhooks.findEndpointProblems,
          findTestProblems: webhooks.findTestProblems,
        },
        trustedProxies,
        renderRefusal: settings.http.renderRefusal,
      },
    },
    within: (transaction) => within(transaction, HOST_ACTOR),
    actingAs(input) {
      const actor = readActor(input);
      return Object.assign(servicesOf(actor), {
        within: (transaction: unknown) => within(transaction, actor),
      });
    },
    on: lifecycle.on,
    health: () => ({ ok: true }),
    ready: createReadinessProbe({
      ...settings.readiness,
      storage,
      pulse: runners.pulse,
      clock,
      storeNow,
      logger,
    }),
    start: background.start,
    prune: pruner.prune,
    close: async () => {
      await background.stop();
      await runners.stop();
      await transport?.close?.();
    },
  };
}
