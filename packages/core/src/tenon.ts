import type { ApiKeyService } from "./api-keys/api-key-service.js";
import type { AuthenticateKey } from "./api-keys/authenticate-key.js";
import type { ReadKeyUsage } from "./api-keys/key-usage.js";
import type { Actor } from "./audit/actor.js";
import type { AuditService } from "./audit/audit-service.js";
import type { Readiness } from "./health/readiness.js";
import type { Guards } from "./http/guards.js";
import type { ManagementKit } from "./http/management/management-kit.js";
import type { SubscribeToLifecycle } from "./lifecycle/dispatcher.js";
import type { DeliveryRecord } from "./ports/delivery-store.js";
import type { PruneResult } from "./prune.js";
import type { LimitService } from "./rate-limit/limit-service.js";
import type { TenantService } from "./tenants/tenant-service.js";
import type { UserService } from "./tenants/user-service.js";
import type { DeliveryService } from "./webhooks/delivery-service.js";
import type { EndpointService } from "./webhooks/endpoint-service.js";
import type { EventTypeService } from "./webhooks/event-type-service.js";
import type { MessageService } from "./webhooks/message-service.js";
import type { Publisher } from "./webhooks/publish.js";
import type { PublishNow } from "./webhooks/publish-now.js";
import type { ReplayService } from "./webhooks/replay-service.js";
import type { DeliveryReference, DrainOptions, RunnerOptions, RunOnceOptions } from "./webhooks/schemas.js";
import type { SendTest } from "./webhooks/send-test.js";
import type { ReadStatistics } from "./webhooks/statistics.js";

/** Deliveries under way in this process. */
export interface Runner {
  /** Stops taking deliveries, finishes those under way, and resolves when their outcomes are stored. Idempotent. */
  stop(): Promise<void>;
}

/** What a host reads and changes, whoever it does so for, in a transaction of its own or not. */
export interface TenonServices {
  readonly apiKeys: ApiKeyService;
  readonly endpoints: EndpointService & { readonly sendTest: SendTest; readonly statistics: ReadStatistics };
  readonly webhooks: Publisher;
  readonly messages: MessageService;
  readonly deliveries: DeliveryService & ReplayService;
  readonly audit: AuditService;
  readonly users: UserService;
}

/** What works inside a host's transaction: everything it does commits, or rolls back, with the host's own writes. */
export interface BoundTenon extends TenonServices {
  /**
   * The same services in the same transaction, on somebody's behalf.
   * @throws {ValidationError} for an `actorId` that can't be stored.
   */
  actingAs(actor: Actor): BoundTenon;
  /**
   * Says that the transaction has committed: the lifecycle events of what was done in it are told to handlers now, and
   * this process believes nothing older about the keys it changed. Without it no handler is told; webhooks of the events
   * leave with the commit all the same.
   */
  committed(): Promise<void>;
}

/** The services on somebody's behalf: what they change is recorded as done by that actor. */
export interface ActingTenon extends TenonServices {
  /** The same services inside an open transaction of the host's, on the same actor's behalf. Throws as the kit's own. */
  within(transaction: unknown): BoundTenon;
}

/** The kit: every capability, wired. */
export interface Tenon extends Omit<TenonServices, "apiKeys" | "webhooks"> {
  readonly apiKeys: ApiKeyService & { readonly authenticate: AuthenticateKey; readonly usage: ReadKeyUsage };
  readonly limits: LimitService;
  readonly eventTypes: EventTypeService;
  readonly tenants: TenantService;
  readonly webhooks: Publisher & {
    /**
     * Starts delivering in this process, and keeps it from ending until the runner is stopped. Any number of processes
     * may do so.
     * @throws {ConfigError} without a `transport` or `vaultKeys`.
     */
    startRunner(options?: RunnerOptions): Runner;
    /**
     * Delivers what is due and resolves when nothing more can be claimed, or `withinMs` (default 30 s) have passed: for
     * cron and serverless. What is under way then is finished, which takes at most an attempt's time limit more.
     */
    runOnce(options?: RunOnceOptions): Promise<{ readonly attemptCount: number }>;
    /**
     * Makes one attempt at a delivery now, whatever its due time and its endpoint's pace say, and returns the delivery
     * as it stands then.
     * @throws {NotFoundError} when the tenant has no such delivery.
     * @throws {ConflictError} when it is final, under way, or held by a disabled endpoint.
     */
    deliverNow(input: DeliveryReference): Promise<DeliveryRecord>;
    readonly publishNow: PublishNow;
    /**
     * Delivers until nothing is due or scheduled any more, retries included, or `withinMs` (default 30 s) have passed,
     * or `signal` aborts: for scripts and tests. What is held, paused by its receiver or over its endpoint's rate limit
     * stays.
     */
    drain(options?: DrainOptions): Promise<{ readonly attemptCount: number }>;
  };
  /** What adapters build their middlewares from. */
  readonly http: Guards & { readonly management: ManagementKit };
  /**
   * The same services inside an open transaction of the host's.
   * @throws {ConfigError} for something that isn't a transaction the storage understands, such as a pool.
   */
  within(transaction: unknown): BoundTenon;
  /**
   * The same services on somebody's behalf. What the kit's own change is recorded as done by the actor `host`.
   * @throws {ValidationError} for an `actorId` that can't be stored.
   * @example
   * await tenon.actingAs({ actorId: user.id, ip: req.ip }).apiKeys.revoke({ tenantId, keyId });
   */
  actingAs(actor: Actor): ActingTenon;
  /**
   * Tells a handler of lifecycle events of one type, in this process, once what they tell of is stored. Returns the end
   * of the subscription. A handler holds nothing up: what it throws or rejects with is logged. An event is told once,
   * where it happened, and lost if the process ends meanwhile; `lifecycle` in the configuration has them delivered.
   * @example
   * const stop = tenon.on("webhook.failed", ({ tenantId, endpointId }) => alertPeople(tenantId, endpointId));
   */
  readonly on: SubscribeToLifecycle;
  /** Says that this process lives: no I/O, so that an outage of the database restarts nothing. */
  health(): { readonly ok: true };
  /**
   * Whether this process can do its work: the storage answers in time, its migrations are applied, the runners started
   * here get to their queue, and no delivery is overdue. It never rejects, and asks the storage once at a time however
   * often it is called.
   */
  ready(): Promise<Readiness>;
  /** Begins background work: hears of key changes elsewhere, writes usage down, prunes. Idempotent. */
  start(): Promise<void>;
  /**
   * Removes rows that no longer matter, in batches: what `start()` and runners do every minute, and every hour with
   * what is kept for days (`webhooks.retentionDays`, `apiKeys.usageRetentionDays`), for hosts that use cron instead.
   * Safe at any time, in any number of processes.
   */
  prune(): Promise<PruneResult>;
  /** Ends background work: writes usage down, stops runners and closes the transport's connections. The storage stays the host's. */
  close(): Promise<void>;
}
