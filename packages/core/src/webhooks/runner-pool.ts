import type { SignatureProfile } from "@tenon/verify-webhook";
import { ConflictError } from "../errors/tenon-error.js";
import { parseInput } from "../input/parse-input.js";
import type { Clock } from "../ports/clock.js";
import type { Crypto } from "../ports/crypto.js";
import type { DeliveryRecord } from "../ports/delivery-store.js";
import type { HttpTransport } from "../ports/http.js";
import type { Logger } from "../ports/logger.js";
import type { Random } from "../ports/random.js";
import type { Storage } from "../ports/storage.js";
import type { Vault } from "../vault/vault.js";
import {
  DEFAULT_POLL_INTERVAL_MS,
  DEFAULT_RETRY_SCHEDULE,
  DEFAULT_SLOTS,
  DEFAULT_TIMEOUT_MS,
} from "./defaults.js";
import { deliveryNotFound } from "./delivery-not-found.js";
import {
  type DeliveryRunner,
  type DeliveryRunnerConfig,
  deliverAll,
  deliverDue,
  deliverOne,
  startDeliveryRunner,
} from "./delivery-runner.js";
import { createSecretOpener } from "./opened-secrets.js";
import type { RetrySchedule } from "./retry-schedule.js";
import {
  type DeliveryReference,
  type DrainOptions,
  deliveryReference,
  drainOptions,
  type RunnerOptions,
  runnerOptions,
} from "./schemas.js";
import { createWakeBurst } from "./wake-burst.js";

export interface RunnerPoolConfig {
  readonly storage: Storage;
  readonly storeNow: () => { readonly now?: Date };
  /** @throws {ConfigError} when the host gave none. */
  readonly transport: () => HttpTransport;
  /** @throws {ConfigError} when the host gave no vault keys. */
  readonly vault: () => Vault;
  readonly retrySchedule: RetrySchedule | undefined;
  readonly signatureProfiles: readonly SignatureProfile[];
  /** How long an endpoint may fail without a success before it is disabled. Undefined: for ever. */
  readonly disableAfterMs: number | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly logger: Logger;
}

/** The runners of one process, and what wakes them. */
export interface RunnerPool {
  start(options?: RunnerOptions): { stop(): Promise<void> };
  runOnce(options?: RunnerOptions): Promise<{ readonly attemptCount: number }>;
  /** @throws {NotFoundError} @throws {ConflictError} */
  deliverNow(input: DeliveryReference): Promise<DeliveryRecord>;
  drain(options?: DrainOptions): Promise<{ readonly attemptCount: number }>;
  /** Something is due now. */
  wake(): void;
  /** Something will be due once a transaction commits that nobody tells us of. */
  wakeAfterCommit(): void;
  stop(): Promise<void>;
}

export function createRunnerPool(config: RunnerPoolConfig): RunnerPool {
  const runners = new Set<DeliveryRunner>();
  const wake = () => {
    for (const runner of runners) runner.wake();
  };
  const burst = createWakeBurst(config.clock, wake);

  function configure(options: RunnerOptions): DeliveryRunnerConfig {
    const { slots, timeoutMs, pollIntervalMs } = parseInput(runnerOptions, options);
    return {
      ...config,
      transport: config.transport(),
      secrets: createSecretOpener(config.vault()),
      retrySchedule: config.retrySchedule ?? DEFAULT_RETRY_SCHEDULE,
      slots: slots ?? DEFAULT_SLOTS,
      timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS,
      pollIntervalMs: pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS,
    };
  }

  return {
    start(options = {}) {
      const runner = startDeliveryRunner(configure(options));
      runners.add(runner);
      return {
        stop: () => {
          runners.delete(runner);
          return runner.stop();
        },
      };
    },
    runOnce: async (options = {}) => deliverDue(configure(options)),
    async deliverNow(input) {
      const reference = parseInput(deliveryReference, input);
      const isDelivered = await deliverOne(configure({}), reference);
      const delivery = await config.storage.deliveries.find({ ...reference, ...config.storeNow() });
      if (delivery === undefined) throw deliveryNotFound(reference);
      if (isDelivered) return delivery;
      throw new ConflictError(`No attempt can be made now: the delivery is ${delivery.state}.`);
    },
    async drain(options = {}) {
      const { withinMs, signal, ...runner } = parseInput(drainOptions, options);
      return deliverAll(configure(runner as RunnerOptions), { withinMs, signal });
    },
    wake,
    wakeAfterCommit() {
      if (runners.size > 0) burst.arm();
    },
    async stop() {
      burst.stop();
      const stopping = [...runners].map((runner) => runner.stop());
      runners.clear();
      await Promise.all(stopping);
    },
  };
}
