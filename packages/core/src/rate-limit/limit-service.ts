import { parseInput } from "../input/parse-input.js";
import { planCharges } from "./charge-plan.js";
import type { RateLimitVerdict } from "./limit-verdict.js";
import type { RateLimiter } from "./rate-limiter.js";
import { readCharges } from "./read-charges.js";
import { type ChargesInput, type SubjectReference, subjectReference } from "./schemas.js";

/** Limits of the host's own. One subject is given as it is; several, that count together or not at all, as `charges`. */
export interface LimitService {
  /**
   * Charges every limit, or none when one of them would be exceeded. A `cost` of 0 (default 1) only looks.
   * Limits are checked once for each array, which mustn't change afterwards: give the same one again.
   * While the store cannot be reached, each limit's `onStoreError` decides, and that is logged.
   * @throws {ValidationError} for a cost that isn't a whole number from 0 up, a subject or a limit named twice …
   * @throws {StorageError} while the store is out, when a limit is `closed`.
   * @example
   * const minute = { name: "minute", limit: 20, windowSeconds: 60 };
   * const { allowed, retryAfterSeconds } = await tenon.limits.consume({ subject: `user:${userId}`, limits: [minute] });
   * await tenon.limits.consume({
   *   charges: [
   *     { subject: `user:${userId}`, limits: [minute] },
   *     { subject: `team:${teamId}`, partition: "team", limits: [{ ...minute, limit: 200 }] },
   *   ],
   * });
   */
  consume(request: ChargesInput): Promise<RateLimitVerdict>;
  /** Tells how limits stand, whatever `cost` says, and takes nothing. It asks the store, also for leased limits. */
  peek(request: ChargesInput): Promise<RateLimitVerdict>;
  /**
   * Forgets all that is counted of a subject. Idempotent. Of a leased limit, each other process may still spend the
   * share it holds.
   */
  reset(request: SubjectReference): Promise<void>;
  /** Gives back what a call took that came to nothing; never below zero. Not idempotent. */
  refund(request: ChargesInput): Promise<void>;
}

export function createLimitService(limiter: RateLimiter): LimitService {
  return {
    consume: async (request) => limiter.consume(planCharges(readCharges(request))),
    async peek(request) {
      return limiter.consume(planCharges(readCharges(request).map((charge) => ({ ...charge, cost: 0 }))));
    },
    reset: async (request) => limiter.reset(parseInput(subjectReference, request)),
    refund: async (request) => limiter.refund({ charges: readCharges(request) }),
  };
}
