import type { SignatureProfile } from "@tenon/verify-webhook";
import type { BackgroundTask } from "../background.js";
import { ConflictError } from "../errors/tenon-error.js";
import { parseInput } from "../input/parse-input.js";
import type { Clock } from "../ports/clock.js";
import type { Crypto } from "../ports/crypto.js";
import type { DeliveryRecord } from "../ports/delivery-store.js";
import type { HttpTransport } from "../ports/http.js";
import type { Logger } from "../ports/logger.js";
import type { Random } from "../ports/random.js";
import type { Storage } from "../ports/storage.js";
import type { Secret } from "../secret/secret.js";
import type { Vault } from "../vault/vault.js";
import type { AttemptWatch } from "./attempt-watch.js";
import { createCommitWatch } from "./commit-watch.js";
import { DEFAULT_POLL_INTERVAL_MS, DEFAULT_RETRY_SCHEDULE, DEFAULT_SLOTS } from "./defaults.js";
import {
  type DeliveryRunner,
  type DeliveryRunnerConfig,
  deliverAll,
  deliverDue,
  type PreparedAttempt,
  prepareAttempt,
  startDeliveryRunner,
} from "./delivery-runner.js";
import { deliveryNotFound } from "./not-found.js";
import { createSecretOpener } from "./opened-secrets.js";
import { createQueueListener } from "./queue-listener.js";
import { createQueueTeller } from "./queue-teller.js";
import type { RetrySchedule } from "./retry-schedule.js";
import {
  type DeliveryReference,
  type DrainOptions,
  deliveryReference,
  drainOptions,
  type RunnerOptions,
  type RunOnceOptions,
  runnerOptions,
  runOnceOptions,
} from "./schemas.js";
import type { ToldMessages } from "./told-messages.js";

export interface RunnerPoolConfig {
  readonly storage: Storage;
  readonly storeNow: () => { readonly now?: Date };
  /** @throws {ConfigError} when the host gave none. */
  readonly transport: () => HttpTransport;
  /** @throws {ConfigError} when the host gave no vault keys. */
  readonly vault: () => Vault;
  readonly retrySchedule: RetrySchedule | undefined;
  /** For attempts at endpoints that don't say, by runners that don't either. */
  readonly timeoutMs: number;
  readonly signatureProfiles: readonly SignatureProfile[];
  /** What signs for endpoints without a secret of their own, newest first. */
  readonly sharedSecrets: readonly Secret[];
  /** How long an endpoint may fail without a success before it is disabled. Undefined: for ever. */
  readonly disableAfterMs: number | undefined;
  readonly watch?: AttemptWatch | undefined;
  /** Removes what no longer matters, now and then. Never rejects. */
  readonly pruneIfDue: (signal: AbortSignal) => Promise<void>;
  /** Keeps the process from ending while nothing is due, until what it returns is called. */
  readonly keepProcessAlive: () => () => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly logger: Logger;
}

/** The runners of one process, and what wakes them. */
export interface RunnerPool {
  start(options?: RunnerOptions): { stop(): Promise<void> };
  runOnce(options?: RunOnceOptions): Promise<{ readonly attemptCount: number }>;
  /** @throws {NotFoundError} @throws {ConflictError} */
  deliverNow(input: DeliveryReference): Promise<DeliveryRecord>;
  /** @throws {ConfigError} where nothing can be delivered. */
  prepareAttempt(): PreparedAttempt;
  drain(options?: DrainOptions): Promise<{ readonly attemptCount: number }>;
  /** How the runners of this process fare: all of them run, one is stalled, or none was started. */
  pulse(): RunnerPulse;
  /** Tells the runners of other processes of what is published here, from its start to its stop. */
  readonly teller: BackgroundTask;
  /** Something is due now, of these messages. */
  wake(messages?: ToldMessages): void;
  /** Something will be due once a transaction commits that nobody tells us of: the one of these messages. */
  wakeAfterCommit(messages?: ToldMessages): void;
  stop(): Promise<void>;
}

export type RunnerPulse = "running" | "stalled" | "none";

export function createRunnerPool(config: RunnerPoolConfig): RunnerPool {
  const runners = new Set<DeliveryRunner>();
  const wake = (messages: ToldMessages) => {
    for (const runner of runners) runner.wake(messages);
  };
  const { clock, logger } = config;
  const { queueChanges } = config.storage;
  const teller = createQueueTeller({ queueChanges, clock, logger });
  const listener = createQueueListener({ queueChanges, wake, clock, logger });
  /** A runner here finds what is due; without one, those elsewhere are told. */
  const tell = (messages?: ToldMessages) => (runners.size > 0 ? wake(messages) : teller.tell(messages));
  const commits = createCommitWatch({
    messages: config.storage.messages,
    tellIfStored: (messages) => (runners.size > 0 ? undefined : teller.tellIfStored(messages)),
    onCommitted: tell,
    clock,
  });
  let letProcessEnd: (() => void) | undefined;
  const release = () => {
    letProcessEnd?.();
    letProcessEnd = undefined;
  };

  function configure(options: RunnerOptions): DeliveryRunnerConfig {
    const { slots, timeoutMs, pollIntervalMs } = parseInput(runnerOptions, options);
    return {
      ...config,
      transport: config.transport(),
      secrets: createSecretOpener(config.vault(), config.sharedSecrets),
      retrySchedule: config.retrySchedule ?? DEFAULT_RETRY_SCHEDULE,
      slots: slots ?? DEFAULT_SLOTS,
      timeoutMs: timeoutMs ?? config.timeoutMs,
      pollIntervalMs: pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS,
    };
  }

  return {
    start(options = {}) {
      const runner = startDeliveryRunner(configure(options));
      runners.add(runner);
      letProcessEnd ??= config.keepProcessAlive();
      void listener.start();
      return {
        async stop() {
          runners.delete(runner);
          await Promise.all([runner.stop(), runners.size === 0 ? listener.stop() : undefined]);
          if (runners.size === 0) release();
        },
      };
    },
    async runOnce(options = {}) {
      const { withinMs, ...runner } = parseInput(runOnceOptions, options);
      return deliverDue(configure(runner as RunnerOptions), { withinMs });
    },
    async deliverNow(input) {
      const reference = parseInput(deliveryReference, input);
      const attempt = prepareAttempt(configure({}));
      const claimed = await attempt.claim(config.storage.queue, reference);
      if (claimed !== undefined) await attempt.make(claimed);
      const delivery = await config.storage.deliveries.find({ ...reference, ...config.storeNow() });
      if (delivery === undefined) throw deliveryNotFound(reference);
      if (claimed !== undefined) return delivery;
      throw new ConflictError(`No attempt can be made now: the delivery is ${delivery.state}.`);
    },
    prepareAttempt: () => prepareAttempt(configure({})),
    async drain(options = {}) {
      const { withinMs, signal, ...runner } = parseInput(drainOptions, options);
      return deliverAll(configure(runner as RunnerOptions), { withinMs, signal });
    },
    pulse() {
      if (runners.size === 0) return "none";
      return [...runners].some((runner) => runner.isStalled()) ? "stalled" : "running";
    },
    teller,
    wake: tell,
    wakeAfterCommit(messages) {
      if (runners.size > 0 || teller.isStarted()) commits.expect(messages);
    },
    async stop() {
      const stopping = [...runners].map((runner) => runner.stop());
      runners.clear();
      await Promise.all([commits.stop(), ...stopping, listener.stop(), teller.stop()]);
      release();
    },
  };
}
