import type { ApiKeyService } from "./api-keys/api-key-service.js";
import type { AuthenticateKey } from "./api-keys/authenticate-key.js";
import type { ReadKeyUsage } from "./api-keys/key-usage.js";
import type { Guards } from "./http/guards.js";
import type { DeliveryRecord } from "./ports/delivery-store.js";
import type { PruneResult } from "./prune.js";
import type { LimitService } from "./rate-limit/limit-service.js";
import type { DeliveryService } from "./webhooks/delivery-service.js";
import type { EndpointService } from "./webhooks/endpoint-service.js";
import type { MessageService } from "./webhooks/message-service.js";
import type { Publisher } from "./webhooks/publish.js";
import type { ReplayService } from "./webhooks/replay-service.js";
import type { DeliveryReference, DrainOptions, RunnerOptions } from "./webhooks/schemas.js";
import type { SendTest } from "./webhooks/send-test.js";

/** Deliveries under way in this process. */
export interface Runner {
  /** Stops taking deliveries, finishes those under way, and resolves when their outcomes are stored. Idempotent. */
  stop(): Promise<void>;
}

/** What works inside a host's transaction: everything it does commits, or rolls back, with the host's own writes. */
export interface BoundTenon {
  readonly apiKeys: ApiKeyService;
  readonly endpoints: EndpointService & { readonly sendTest: SendTest };
  readonly webhooks: Publisher;
  readonly messages: MessageService;
  readonly deliveries: DeliveryService & ReplayService;
}

/** The kit: every capability, wired. */
export interface Tenon extends Omit<BoundTenon, "apiKeys" | "webhooks"> {
  readonly apiKeys: ApiKeyService & { readonly authenticate: AuthenticateKey; readonly usage: ReadKeyUsage };
  readonly limits: LimitService;
  readonly webhooks: Publisher & {
    /**
     * Starts delivering in this process. Any number of processes may do so.
     * @throws {ConfigError} without a `transport` or `vaultKeys`.
     */
    startRunner(options?: RunnerOptions): Runner;
    /** Delivers what is due and resolves when nothing more can be claimed: for cron and serverless. */
    runOnce(options?: RunnerOptions): Promise<{ readonly attemptCount: number }>;
    /**
     * Makes one attempt at a delivery now, whatever its due time and its endpoint's pace say, and returns the delivery
     * as it stands then.
     * @throws {NotFoundError} when the tenant has no such delivery.
     * @throws {ConflictError} when it is final, under way, or held by a disabled endpoint.
     */
    deliverNow(input: DeliveryReference): Promise<DeliveryRecord>;
    /**
     * Delivers until nothing is due or scheduled any more, retries included, or `withinMs` (default 30 s) have passed,
     * or `signal` aborts: for scripts and tests. What is held or paused stays.
     */
    drain(options?: DrainOptions): Promise<{ readonly attemptCount: number }>;
  };
  /** What adapters build their middlewares from. */
  readonly http: Guards;
  /**
   * The same services inside an open transaction of the host's.
   * @throws {ConfigError} for something that isn't a transaction the storage understands, such as a pool.
   */
  within(transaction: unknown): BoundTenon;
  /** Begins background work: hears of key changes elsewhere, writes usage down, prunes. Idempotent. */
  start(): Promise<void>;
  /**
   * Removes rows that no longer matter, in batches: what `start()` does every minute, for hosts that use cron instead.
   * Safe at any time, in any number of processes.
   */
  prune(): Promise<PruneResult>;
  /** Ends background work: writes usage down, stops runners and closes the transport's connections. The storage stays the host's. */
  close(): Promise<void>;
}
