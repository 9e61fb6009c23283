import { isTenonError } from "../errors/tenon-error.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { ConsumeOutcome, RateLimitStore } from "../ports/rate-limit-store.js";
import { LOCAL_MAX_SUBJECTS } from "./defaults.js";
import { describeOutcome, type RateLimitVerdict, type SubjectCharge } from "./limit-verdict.js";
import { createLocalLimiter } from "./local-limiter.js";

export interface RateLimiterConfig {
  readonly store: RateLimitStore;
  readonly clock: Clock;
  /** The instant handed to the store: undefined lets the store's clock decide. */
  readonly storeNow: () => { readonly now?: Date };
  readonly logger: Logger;
}

/** Counts in the store; while that cannot be reached, as each limit's `onStoreError` says. Inputs are checked before. */
export interface RateLimiter {
  /**
   * Charges every limit of every subject, or none when one of them would be exceeded.
   * @throws {StorageError} while the store is out, when a limit is `closed`.
   */
  consume(request: { readonly charges: readonly SubjectCharge[] }): Promise<RateLimitVerdict>;
  /** Gives units back to every limit named, never below zero. Not idempotent. */
  refund(request: { readonly charges: readonly SubjectCharge[] }): Promise<void>;
  /** Forgets all that is counted of a subject. @throws {StorageError} while the store is out. */
  reset(request: { readonly subject: string }): Promise<void>;
}

interface Counted {
  readonly charges: readonly SubjectCharge[];
  readonly outcome: ConsumeOutcome;
}

export function createRateLimiter({ store, clock, storeNow, logger }: RateLimiterConfig): RateLimiter {
  const local = createLocalLimiter(LOCAL_MAX_SUBJECTS);
  let callsWithoutStore = 0;

  async function orElse<T>(ask: () => Promise<T>, withoutStore: (error: Error) => T): Promise<T> {
    try {
      const answer = await ask();
      if (callsWithoutStore > 0) {
        logger.info({ callsWithoutStore }, "rate limits are counted in the store again");
        callsWithoutStore = 0;
      }
      return answer;
    } catch (error) {
      if (!isTenonError(error) || error.code !== "STORAGE_UNAVAILABLE") throw error;
      if (callsWithoutStore === 0)
        logger.error({ err: error }, "rate-limit store is out: limits are counted in this process alone");
      callsWithoutStore += 1;
      return withoutStore(error);
    }
  }

  /** The outcome of asking for the charges, and those of them that it tells about. */
  function count(charges: readonly SubjectCharge[], asked = charges): Promise<Counted> {
    return orElse(
      async () => ({ charges, outcome: await store.consume({ charges: asked, ...storeNow() }) }),
      (error) => {
        if (charges.some(({ limits }) => limits.some(({ onStoreError }) => onStoreError === "closed")))
          throw error;
        const outcome = local.consume({ charges: withoutOpenLimits(asked), now: clock.now() });
        return { charges: withoutOpenLimits(charges), outcome };
      },
    );
  }

  return {
    async consume(request) {
      const charges = request.charges.filter(({ limits }) => limits.length > 0);
      if (charges.length === 0) return { allowed: true, limits: [], retryAfterSeconds: 0 };
      if (charges.some(({ cost, limits }) => limits.some(({ limit }) => cost > limit))) {
        // Nothing is asked of the limits but how they stand: this call is never accepted.
        const { charges: counted, outcome } = await count(charges, charges.map(asPeek));
        return describeOutcome(counted, { ...outcome, allowed: false });
      }
      const { charges: counted, outcome } = await count(charges);
      return describeOutcome(counted, outcome);
    },
    refund: ({ charges }) =>
      orElse(
        () => store.refund({ charges, ...storeNow() }),
        () => local.refund({ charges: withoutOpenLimits(charges), now: clock.now() }),
      ),
    reset: ({ subject }) => store.reset({ subject }),
  };
}

function asPeek(charge: SubjectCharge): SubjectCharge {
  return { ...charge, cost: 0 };
}

function withoutOpenLimits(charges: readonly SubjectCharge[]): readonly SubjectCharge[] {
  return charges
    .map((charge) => ({
      ...charge,
      limits: charge.limits.filter(({ onStoreError }) => onStoreError !== "open"),
    }))
    .filter(({ limits }) => limits.length > 0);
}
