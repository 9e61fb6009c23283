import { isTenonError, ValidationError } from "../errors/tenon-error.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { ConsumeOutcome, ConsumeRequest, RateLimitStore } from "../ports/rate-limit-store.js";
import { LOCAL_MAX_SUBJECTS } from "./defaults.js";
import { describeLimit, type LimitState } from "./describe-limit.js";
import type { RateLimit } from "./limit.js";
import { createLocalLimiter } from "./local-limiter.js";

export interface RateLimiterConfig {
  readonly store: RateLimitStore;
  readonly clock: Clock;
  /** The instant handed to the store: undefined lets the store's clock decide. */
  readonly storeNow: () => { readonly now?: Date };
  readonly logger: Logger;
}

export interface RateLimitVerdict {
  readonly allowed: boolean;
  /** One per limit, in the order asked. */
  readonly limits: readonly LimitState[];
  /** Whole seconds until the same call would be accepted; 0 when allowed; undefined when it never will be. */
  readonly retryAfterSeconds: number | undefined;
}

export interface RateLimiter {
  /**
   * Charges every limit of a subject, or none when one of them would be exceeded.
   * While the store cannot be reached, counts in this process alone, and logs that.
   * @throws {ValidationError} for a cost that isn't a whole number from 0 up.
   */
  consume(request: {
    readonly subject: string;
    /** Default 1; 0 reads the state without taking anything. */
    readonly cost?: number;
    readonly limits: readonly RateLimit[];
  }): Promise<RateLimitVerdict>;
}

export function createRateLimiter({ store, clock, storeNow, logger }: RateLimiterConfig): RateLimiter {
  const consumeLocally = createLocalLimiter(LOCAL_MAX_SUBJECTS);
  let storeIsOut = false;

  async function consumeFromStore(request: ConsumeRequest): Promise<ConsumeOutcome> {
    try {
      const outcome = await store.consume({ ...request, ...storeNow() });
      if (storeIsOut) logger.info({}, "rate limits are counted in the store again");
      storeIsOut = false;
      return outcome;
    } catch (error) {
      if (!isTenonError(error) || error.code !== "STORAGE_UNAVAILABLE") throw error;
      if (!storeIsOut)
        logger.error({ err: error }, "rate-limit store is out: limits are counted in this process alone");
      storeIsOut = true;
      return consumeLocally({ ...request, now: clock.now() });
    }
  }

  return {
    async consume({ subject, cost = 1, limits }) {
      if (!Number.isSafeInteger(cost) || cost < 0) {
        throw new ValidationError([{ pointer: "/cost", message: "must be a whole number, 0 or more" }]);
      }
      if (limits.some(({ limit }) => cost > limit)) {
        const peek = await consumeFromStore({ subject, cost: 0, limits });
        return { allowed: false, limits: describe(limits, peek, cost), retryAfterSeconds: undefined };
      }
      const outcome = await consumeFromStore({ subject, cost, limits });
      const states = describe(limits, outcome, outcome.allowed ? 0 : cost);
      return {
        allowed: outcome.allowed,
        limits: states,
        retryAfterSeconds: outcome.allowed ? 0 : longestWait(states),
      };
    },
  };
}

function describe(
  limits: readonly RateLimit[],
  { counters, at }: ConsumeOutcome,
  cost: number,
): readonly LimitState[] {
  return limits.map((limit, index) =>
    describeLimit({ limit, counter: counters[index], cost, nowMs: at.getTime() }),
  );
}

function longestWait(states: readonly LimitState[]): number | undefined {
  const waits = states.map(({ retryAfterSeconds }) => retryAfterSeconds);
  // The read of a refusal comes after it: room may have appeared in between.
  return waits.includes(undefined) ? undefined : Math.max(1, ...waits.map((wait) => wait ?? 1));
}
