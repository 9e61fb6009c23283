import type { TenonConfig } from "./config.js";
import { ConfigError } from "./errors/tenon-error.js";
import type { KitContext } from "./kit-context.js";
import { describeEvents } from "./lifecycle/event-table.js";
import type { Storage } from "./ports/storage.js";
import type { Pruner } from "./prune.js";
import { keepProcessAlive } from "./runtime/keep-process-alive.js";
import { watchAttempts } from "./telemetry/watch-attempts.js";
import { watchPublisher } from "./telemetry/watch-publisher.js";
import { createDeliveryService } from "./webhooks/delivery-service.js";
import { type AskedEndpoint, findEndpointProblems } from "./webhooks/endpoint-rules.js";
import { createEndpointService } from "./webhooks/endpoint-service.js";
import { standardEnvelope } from "./webhooks/envelope.js";
import { createEventCatalogue } from "./webhooks/event-catalogue.js";
import { createMessageService } from "./webhooks/message-service.js";
import { createPublisher, type Publisher, type PublisherConfig } from "./webhooks/publish.js";
import { createImmediatePublisher } from "./webhooks/publish-now.js";
import { createReplayService } from "./webhooks/replay-service.js";
import { createRunnerPool, type RunnerPool } from "./webhooks/runner-pool.js";
import { createTestSender, findTestProblems, type TestEvent } from "./webhooks/send-test.js";
import { listSentHeaders } from "./webhooks/signature-profiles.js";
import { createStatisticsReader } from "./webhooks/statistics.js";
import type { ToldMessages } from "./webhooks/told-messages.js";
import type { wireLifecycle } from "./wire-lifecycle.js";

/** What webhooks are made of: the services on any storage, and the runners that deliver. */
export function wireWebhooks(
  kit: KitContext,
  { events, webhooks }: Pick<TenonConfig, "events" | "webhooks">,
  {
    pruner,
    lifecycle,
  }: {
    readonly pruner: Pick<Pruner, "pruneIfDue">;
    readonly lifecycle: Pick<ReturnType<typeof wireLifecycle>, "watchedBy" | "published">;
  },
) {
  const { settings, storeNow, clock, random, crypto, logger, telemetry, createId } = kit;
  const { transport } = settings;
  const { signatureProfiles, sharedSecrets, disableAfterDays, maxPayloadBytes, maxEndpointsPerTenant } =
    settings.webhooks;
  const catalogue = createEventCatalogue(events && { ...describeEvents(lifecycle.published), ...events });
  const endpointRules = {
    ...{ catalogue, transport, signatureProfiles },
    sentHeaders: listSentHeaders(signatureProfiles),
    hasSharedSecret: sharedSecrets.length > 0,
  };
  const vault = () => kit.vault ?? missing("vaultKeys", "is required once endpoints are used");

  const runners: RunnerPool = createRunnerPool({
    storage: lifecycle.watchedBy(() => runners.wake()),
    storeNow,
    transport: () =>
      transport ?? missing("transport", "is required for deliveries, for example nodeTransport()"),
    vault,
    retrySchedule: webhooks?.retrySchedule,
    timeoutMs: settings.webhooks.timeoutMs,
    signatureProfiles,
    sharedSecrets,
    disableAfterMs: disableAfterDays && disableAfterDays * DAY_MS,
    pruneIfDue: pruner.pruneIfDue,
    keepProcessAlive,
    watch: telemetry && watchAttempts(telemetry),
    clock,
    random,
    crypto,
    logger,
  });
  const publishing = {
    catalogue,
    envelope: settings.webhooks.envelope ?? standardEnvelope,
    maxPayloadBytes,
    createId,
    clock,
    storeNow,
  };

  function createWatchedPublisher(config: PublisherConfig): Publisher {
    const publisher = createPublisher(config);
    return telemetry === undefined ? publisher : watchPublisher(publisher, telemetry);
  }

  return {
    findEndpointProblems: (asked: AskedEndpoint) => findEndpointProblems(asked, endpointRules),
    findTestProblems: (event: TestEvent) => findTestProblems(catalogue, event),
    runners,
    publishNow: createImmediatePublisher({
      storage: kit.storage,
      // Nothing is due when it is committed: it is under way by then.
      publisherOn: (stores) =>
        createWatchedPublisher({ ...publishing, storage: stores, crypto, onPublish: () => {} }),
      runners,
      storeNow,
    }),
    /** The services on a storage. */
    servicesOn: (stores: Storage, onPublish: (messages?: ToldMessages) => void) => ({
      endpoints: {
        statistics: createStatisticsReader({ endpoints: stores.endpoints, store: stores.statistics, clock }),
        sendTest: createTestSender({ storage: stores, onDue: onPublish, ...publishing }),
        ...createEndpointService({
          store: stores.endpoints,
          queue: stores.queue,
          ...endpointRules,
          vault,
          clock,
          storeNow,
          random,
          crypto,
          logger,
          whileDisabled: settings.webhooks.whileDisabled,
          maxEndpointsPerTenant,
        }),
      },
      webhooks: createWatchedPublisher({ storage: stores, crypto, onPublish, ...publishing }),
      messages: createMessageService({ store: stores.messages }),
      deliveries: Object.assign(
        createDeliveryService({ store: stores.deliveries, storeNow }),
        createReplayService({ storage: stores, storeNow, onDue: () => onPublish() }),
      ),
    }),
  };
}

const DAY_MS = 86_400_000;

function missing(name: string, message: string): never {
  throw new ConfigError([{ pointer: `/${name}`, message }]);
}
