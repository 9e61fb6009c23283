import type { ApiKeyService } from "./api-keys/api-key-service.js";
import type { AuthenticateKey } from "./api-keys/authenticate-key.js";
import type { ApiKeyGuard } from "./http/api-key-guard.js";
import type { RateLimitGuard } from "./http/rate-limit-guard.js";
import type { ApiKeyGuardOptions, RateLimitGuardOptions } from "./http/schemas.js";
import type { RateLimiter } from "./rate-limit/rate-limiter.js";
import type { DeliveryService } from "./webhooks/delivery-service.js";
import type { EndpointService } from "./webhooks/endpoint-service.js";
import type { MessageService } from "./webhooks/message-service.js";
import type { Publish } from "./webhooks/publish.js";
import type { RunnerOptions } from "./webhooks/schemas.js";

/** Deliveries under way in this process. */
export interface Runner {
  /** Stops taking deliveries, finishes those under way, and resolves when their outcomes are stored. Idempotent. */
  stop(): Promise<void>;
}

/** What works inside a host's transaction: everything it does commits, or rolls back, with the host's own writes. */
export interface BoundTenon {
  readonly apiKeys: ApiKeyService;
  readonly endpoints: EndpointService;
  readonly webhooks: { readonly publish: Publish };
  readonly messages: MessageService;
  readonly deliveries: DeliveryService;
}

/** The kit: every capability, wired. */
export interface Tenon extends Omit<BoundTenon, "apiKeys" | "webhooks"> {
  readonly apiKeys: ApiKeyService & { readonly authenticate: AuthenticateKey };
  readonly limits: RateLimiter;
  readonly webhooks: {
    readonly publish: Publish;
    /**
     * Starts delivering in this process. Any number of processes may do so.
     * @throws {ConfigError} without a `transport` or `vaultKeys`.
     */
    startRunner(options?: RunnerOptions): Runner;
    /** Delivers what is due and resolves when nothing more can be claimed: for cron and serverless. */
    runOnce(options?: RunnerOptions): Promise<{ readonly attemptCount: number }>;
  };
  /** What adapters build their middlewares from. */
  readonly http: {
    apiKeyGuard(options: ApiKeyGuardOptions): ApiKeyGuard;
    rateLimitGuard(options: RateLimitGuardOptions): RateLimitGuard;
  };
  /**
   * The same services inside an open transaction of the host's.
   * @throws {ConfigError} for something that isn't a transaction the storage understands, such as a pool.
   */
  within(transaction: unknown): BoundTenon;
  /** Begins background work. Idempotent. */
  start(): Promise<void>;
  /** Ends background work: stops runners and closes the transport's connections. The storage stays the host's. */
  close(): Promise<void>;
}
