import type { LimitCounter, RateLimit } from "../rate-limit/limit.js";

export interface ConsumeRequest {
  /** Whose limits these are, for example `key:<tenant>:<id>`. At most 512 characters. */
  readonly subject: string;
  /** Units taken from every limit; 0 reads without writing. */
  readonly cost: number;
  /** At least one; names are unique. */
  readonly limits: readonly RateLimit[];
  /** Absent: the store's own clock. */
  readonly now?: Date;
}

export interface ConsumeOutcome {
  readonly allowed: boolean;
  /** The instant the decision was made at. */
  readonly at: Date;
  /** One per limit, in the order asked: after the charge when allowed, untouched when refused. */
  readonly counters: readonly LimitCounter[];
}

export interface RateLimitStore {
  /**
   * Charges every limit, or none when any of them would be exceeded. Atomic: concurrent calls on one subject
   * never accept more than the same calls one after the other. A refusal writes nothing.
   * State is kept per subject and `name:windowSeconds:algorithm`; limits of a subject that this call doesn't name
   * keep their state. The limit's number is not part of the state.
   */
  consume(request: ConsumeRequest): Promise<ConsumeOutcome>;
  /** Removes at most `limit` subjects whose windows are all over, and returns how many. Safe at any time. */
  prune(request: { readonly limit: number; readonly now?: Date }): Promise<number>;
}
