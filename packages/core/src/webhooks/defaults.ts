import { type SignatureProfile, standardWebhooks } from "@tenon/verify-webhook";
import type { WhileDisabled } from "../ports/endpoint-store.js";
import type { RetrySchedule } from "./retry-schedule.js";

/** How deliveries are signed: what every Standard Webhooks library verifies. */
export const DEFAULT_SIGNATURE_PROFILES: readonly SignatureProfile[] = [standardWebhooks];

/** The list that Standard Webhooks recommends: now, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
export const DEFAULT_RETRY_SCHEDULE: RetrySchedule = {
  kind: "list",
  delaysSeconds: [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
};

/** Time for one attempt, from name resolution to the last byte of the response. */
export const DEFAULT_TIMEOUT_MS = 15_000;

/** How long an endpoint's old secrets go on signing beside a new one: a day for the partner to change over. */
export const DEFAULT_OVERLAP_SECONDS = 86_400;

/**
 * The most secrets of an endpoint that sign side by side, however often they are rotated: receivers read only so many
 * signatures (`verifyWebhook` 32), and only so long a header.
 */
export const MOST_SIGNING_SECRETS = 16;

/** A lease outlives the attempt by this much: time to write down what came of it. */
export const LEASE_MARGIN_MS = 5_000;

/** Deliveries one runner has under way at once. */
export const DEFAULT_SLOTS = 64;

/**
 * An endpoint that failed so often in a row is as slow as one that ran into its time limit: more than one message that
 * its receiver can't take, and few enough for one that is down.
 */
export const SLOW_AFTER_FAILURES = 10;

/**
 * A runner is stalled that hasn't reached its queue for so long beyond two polls: longer than a storage takes to fail a
 * call it can't serve.
 */
export const STALLED_AFTER_MS = 30_000;

/** A partner who switches an endpoint off for an upgrade misses nothing. */
export const DEFAULT_WHILE_DISABLED: WhileDisabled = "hold";

/**
 * A 429 or 503 that doesn't say for how long pauses its endpoint for as long as its own delivery waits, at most this
 * long: enough to let a receiver breathe, and soon over once it does.
 */
export const MOST_UNASKED_PAUSE_MS = 10_000;

/** How often a runner looks for work when nothing wakes it. */
export const DEFAULT_POLL_INTERVAL_MS = 500;

/** A runner that is woken looks for what became due at most so often, however seldom it polls. */
export const WOKEN_PROMOTION_PAUSE_MS = 500;

/**
 * When to look whether a host's transaction was committed, after a publish in it. Doubling, so that what is published
 * waits for its look no longer than for its commit.
 */
export const COMMIT_LOOKS_MS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** The most messages that runners are told of by name. With more, a round of all endpoints costs less. */
export const MOST_TOLD = 100;

/** Runners in other processes are told of publishes at most once in so long, however many there are. */
export const TELL_PAUSE_MS = 10;

/** Deliveries made claimable in one step, so that a backlog never makes one long statement. */
export const PROMOTE_BATCH = 1_000;

/** How often a runner looks at all leases that ran out, and not only at those since it looked last. */
export const ALL_LEASES_PAUSE_MS = 10_000;

/** Looks at leases overlap by this much: for transactions that were in the way, and clocks that don't run alike. */
export const LEASE_LOOK_OVERLAP_MS = 1_000;

/** Deliveries cancelled in one step, so that a backlog never makes one long statement. */
export const CANCEL_BATCH = 1_000;

/** How far dead letters are counted: what says "many" need not be exact. */
export const MOST_COUNTED = 10_000;

/**
 * How long an endpoint may fail without a success before it is disabled. Longer than a long weekend, and than the
 * default schedule goes on trying one message.
 */
export const DEFAULT_DISABLE_AFTER_DAYS = 5;

/** The host is warned after this share of that time, early enough for the partner to mend it. */
export const WARN_AFTER_SHARE = 0.5;

/** How long a message is kept after the last of its deliveries became final: time to find a fault and replay. */
export const DEFAULT_RETENTION_DAYS = 30;

/** How long a delivery waits after a fault of ours, such as a missing vault key. No attempt is used up. */
export const OWN_FAULT_DELAY_MS = 30_000;

/** The most of a response body that is kept with the attempt. */
export const MAX_RESPONSE_BYTES = 4_096;

/** The largest body that is published, as UTF-8, unless the host says otherwise. Most receivers refuse more. */
export const DEFAULT_MAX_PAYLOAD_BYTES = 256 * 1024;

/** The most that one call of `publishMany` publishes: what one statement should carry. */
export const MAX_BATCH_MESSAGES = 1_000;
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;

/** How long `drain` and `runOnce` begin attempts at most, unless told otherwise. */
export const DEFAULT_WITHIN_MS = 30_000;

/** The furthest `deliverAt` may lie ahead. */
export const MAX_DELIVER_AHEAD_MS = 366 * 24 * 60 * 60 * 1000;
