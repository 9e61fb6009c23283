import type { LimitState } from "../rate-limit/describe-limit.js";
import type { LimitCounter } from "../rate-limit/limit.js";
import type { LimitCharge } from "../rate-limit/subject-counters.js";

/** One call, against the limits of one or several subjects. */
export interface ChargeRequest {
  /** At least one; no subject occurs twice. Their order doesn't matter. */
  readonly charges: readonly LimitCharge[];
  /** Absent: the store's own clock. */
  readonly now?: Date;
  /** Whether states do in place of counters, for a store that has them sooner. Default false. */
  readonly describe?: boolean;
}

export interface ConsumeOutcome {
  readonly allowed: boolean;
  /** The instant the decision was made at. */
  readonly at: Date;
  /** One list per charge, one counter per limit, in the order asked: after the charge when allowed, untouched when refused. */
  readonly counters: readonly (readonly LimitCounter[])[];
  /**
   * Where the request asked for them and the store chose to: what `describeLimit` says of each counter, with the charge's
   * cost if the call was refused. `counters` is empty then.
   */
  readonly states?: readonly (readonly LimitState[])[] | undefined;
}

export interface RateLimitStore {
  /**
   * Charges every limit of every subject, or none when any of them would be exceeded; a charge of cost 0 reads and
   * refuses nothing. Atomic: concurrent calls on one subject never accept more than the same calls one after the
   * other, and calls that name the same subjects in other orders never block each other for good. A refusal writes
   * nothing. State is kept per subject and `name:windowSeconds:algorithm`; limits of a subject that this call doesn't
   * name keep their state. The limit's number is not part of the state.
   * A store that needs no I/O may answer at once instead of by a promise.
   */
  consume(request: ChargeRequest): ConsumeOutcome | Promise<ConsumeOutcome>;
  /**
   * Gives units back to every limit named, never below zero; what isn't stored stays away. Atomic beside `consume`.
   * Not idempotent: a repeated call gives back again.
   */
  refund(request: ChargeRequest): Promise<void>;
  /** Forgets all that is counted of a subject. Idempotent. */
  reset(request: { readonly subject: string }): Promise<void>;
  /** Removes at most `limit` subjects whose windows are all over, and returns how many. Safe at any time. */
  prune(request: { readonly limit: number; readonly now?: Date }): Promise<number>;
}
