import type { FailureReason } from "../webhooks/classify-response.js";
import type { RetrySchedule } from "../webhooks/retry-schedule.js";
import type { AttemptRecord } from "./delivery-store.js";
import type { EndpointSigning, SealedHeadersRecord, SealedSecretRecord } from "./endpoint-store.js";
import type { MessageReference } from "./message-store.js";

/** Everything one attempt needs, read in the claim. */
export interface ClaimedDelivery {
  readonly tenantId: string;
  readonly deliveryId: string;
  readonly messageId: string;
  readonly endpointId: string;
  /** The number of the attempt to make now; 1 for the first. */
  readonly attemptNumber: number;
  /** Attempts made before its schedule began anew: 0 unless it was final once and then retried. */
  readonly attemptsBefore: number;
  /** The fencing token: a settlement counts only while this lease is the delivery's own. */
  readonly leaseToken: string;
  readonly payload: string;
  readonly url: string;
  readonly endpointRevision: number;
  readonly retrySchedule: RetrySchedule | undefined;
  /** The endpoint's own time limit for one attempt. The lease outlives it. */
  readonly timeoutMs: number | undefined;
  readonly sealedHeaders: SealedHeadersRecord | undefined;
  readonly signing: EndpointSigning;
  /** Those of the endpoint's own that sign now, newest first. */
  readonly secrets: readonly SealedSecretRecord[];
  /** Since when the endpoint has failed without a success, and whether its host was warned. Absent: it hasn't. */
  readonly failing: { readonly since: Date; readonly warned: boolean } | undefined;
}

/**
 * What an attempt came to. A `released` delivery goes back without an attempt having been used. With `pauseMs`, nothing
 * is claimed for the endpoint for so long, by any runner: its receiver asked for that.
 */
export type SettlementOutcome =
  | { readonly kind: "succeeded" }
  | { readonly kind: "retry"; readonly delayMs: number; readonly pauseMs?: number }
  | { readonly kind: "exhausted"; readonly failureReason: FailureReason; readonly pauseMs?: number }
  | { readonly kind: "released"; readonly delayMs: number };

export interface Settlement {
  readonly tenantId: string;
  readonly deliveryId: string;
  /** For whoever is told of the outcome. */
  readonly messageId: string;
  readonly leaseToken: string;
  readonly outcome: SettlementOutcome;
  /** Logged together with the outcome; absent for `released`. */
  readonly attempt?: AttemptRecord;
}

/** What became of a settlement: written, too late to count, or to be repeated because somebody else is in its way. */
export type SettlementResult = "applied" | "lost" | "held";

export interface ClaimRequest {
  /** At most this many deliveries. */
  readonly slots: number;
  /** At most this many live leases per endpoint, counting those of other runners. */
  readonly slotsPerEndpoint: number;
  /** At most this many live leases of slow endpoints together, counting those of other runners. */
  readonly slotsForSlow: number;
  /** How long the lease lives. Longer than an attempt can take that has no time limit of its endpoint's. */
  readonly leaseMs: number;
  /** A lease lives at least this much longer than its endpoint's own time limit. */
  readonly leaseMarginMs: number;
  /** Where the last claim stopped looking, so that endpoints take turns. */
  readonly cursor?: string;
  /** Only endpoints at which one of these messages is ready are looked at, and the cursor doesn't count. */
  readonly messages?: readonly MessageReference[];
  readonly now?: Date;
}

export interface ClaimOutcome {
  readonly deliveries: readonly ClaimedDelivery[];
  /** Absent when the end of the endpoints was reached; the next claim starts from the beginning. */
  readonly cursor: string | undefined;
  /**
   * Whether more may be ready at endpoints that were looked at and could be served: they or the slots were full, or
   * somebody else had them. Then it is worth another look once an attempt is over.
   */
  readonly mayHaveMore: boolean;
}

/** Since when the oldest due delivery has been due, and how long that is by the clock that decides it. */
export interface OldestDue {
  readonly dueAt: Date;
  readonly ageMs: number;
}

export interface DeliveryQueue {
  /**
   * Makes deliveries claimable whose time has come or whose lease has run out; at most `limit` of each. Those of
   * deleted endpoints become `cancelled` instead, and don't count. With `leasesEndedWithinMs`, only leases that ran out
   * within so long are looked at.
   * `nextDueAt` is when the next waiting delivery is due, if any. Safe to run in many processes at once.
   */
  promote(request: {
    readonly limit: number;
    readonly leasesEndedWithinMs?: number;
    readonly now?: Date;
  }): Promise<{ readonly promotedCount: number; readonly nextDueAt: Date | undefined }>;
  /**
   * Leases ready deliveries of enabled endpoints, oldest message first within an endpoint, endpoints in turn.
   * At most one caller receives a delivery while its lease lives. Takes no tenant: it serves all of them.
   * An endpoint with a `concurrency` of its own has at most so many live leases. A `fifo` endpoint has one lease, and
   * none while its head waits to be tried again. An endpoint with a `rateLimit` gives at most so many deliveries in a
   * window, however many callers meet, and the others wait for the next one where they are. A slow endpoint, one that ran
   * into a time limit or failed `SLOW_AFTER_FAILURES` times in a row and hasn't succeeded since, has one lease; of
   * several, those are served first that were tried longest ago. Claims that meet may exceed `slotsForSlow` together,
   * none alone. Ready deliveries of deleted endpoints become `cancelled`.
   */
  claim(request: ClaimRequest): Promise<ClaimOutcome>;
  /**
   * Leases one delivery that isn't final and isn't under a live lease, whatever its due time and its endpoint's pace
   * say. Undefined when there is none such, or its endpoint is disabled. At most one caller receives it while its
   * lease lives.
   */
  claimOne(request: {
    readonly tenantId: string;
    readonly deliveryId: string;
    readonly leaseMs: number;
    readonly leaseMarginMs: number;
    readonly now?: Date;
  }): Promise<ClaimedDelivery | undefined>;
  /**
   * What has waited longest of what is due and could be delivered now: not of a disabled or deleted endpoint or one that
   * is paused, nor under a live lease. Of an endpoint's ready deliveries the one that goes next stands for all, so that
   * a backlog of any size costs the same. Undefined when nothing is due. Reads only; takes no tenant, as the claim.
   */
  oldestDue(request: { readonly now?: Date }): Promise<OldestDue | undefined>;
  /**
   * Cancels deliveries of an endpoint that are neither final nor leased, at most `limit`, and returns how many. Those
   * that somebody else is changing at this moment are left out, so repeat it until it returns 0. Safe to repeat.
   */
  cancel(request: {
    readonly tenantId: string;
    readonly endpointId: string;
    readonly limit: number;
    readonly now?: Date;
  }): Promise<number>;
  /**
   * Writes outcomes and their attempts. A settlement whose lease token is no longer the delivery's is `lost`:
   * it changes nothing and logs no attempt. An applied attempt also tells of its endpoint: a failure begins or goes on
   * with its time of failing, a time-out or the last of `SLOW_AFTER_FAILURES` in a row makes it slow, a success ends
   * both. It waits for no transaction: a settlement that pauses its endpoint, or with which it recovers, is `held` while
   * somebody else has the endpoint's state, and so is one that came after its lease while somebody else changes the
   * delivery. A held one changes nothing but the lease, which lives on for ten seconds, unless somebody has the delivery:
   * repeat it. What merely counts is left out then, and told by the next attempt. Returns what became of each, in order. Safe to repeat.
   */
  settle(request: {
    readonly settlements: readonly Settlement[];
    readonly now?: Date;
  }): Promise<readonly SettlementResult[]>;
}
