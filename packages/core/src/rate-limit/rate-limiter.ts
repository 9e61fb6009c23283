import { isTenonError } from "../errors/tenon-error.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { ChargeRequest, ConsumeOutcome, RateLimitStore } from "../ports/rate-limit-store.js";
import type { ChargePlan } from "./charge-plan.js";
import { LOCAL_MAX_SUBJECTS } from "./defaults.js";
import { createLeasedLimiter } from "./leases/leased-limiter.js";
import { describeOutcome, type RateLimitVerdict, type SubjectCharge } from "./limit-verdict.js";
import { createLocalLimiter } from "./local-limiter.js";

export interface RateLimiterConfig {
  readonly store: RateLimitStore;
  readonly clock: Clock;
  /**
   * The instant handed to the store: undefined lets the store's clock decide.
   * @param now the clock's, for who has read it already.
   */
  readonly storeNow: (now?: Date) => { readonly now?: Date };
  readonly logger: Logger;
}

/** Counts in the store; while that cannot be reached, as each limit's `onStoreError` says. Inputs are checked before. */
export interface RateLimiter {
  /**
   * Charges every limit of every subject, or none when one of them would be exceeded. Answers at once where the store
   * does, or where leases suffice.
   * @param now the clock's, for who has read it already.
   * @throws {StorageError} while the store is out, when a limit is `closed`: at once or as a rejection.
   */
  consume(plan: ChargePlan, now?: Date): RateLimitVerdict | Promise<RateLimitVerdict>;
  /** Gives units back to every limit named, never below zero. Not idempotent. */
  refund(request: { readonly charges: readonly SubjectCharge[] }): Promise<void>;
  /** Forgets all that is counted of a subject, and this process's leases. @throws {StorageError} while the store is out. */
  reset(request: { readonly subject: string }): Promise<void>;
}

type Verdict = RateLimitVerdict | Promise<RateLimitVerdict>;

export function createRateLimiter({ store, clock, storeNow, logger }: RateLimiterConfig): RateLimiter {
  const local = createLocalLimiter(LOCAL_MAX_SUBJECTS);
  const leased = createLeasedLimiter({ store, clock, storeNow });
  let outage: { readonly error: Error; callsWithoutStore: number } | undefined;
  let isProbing = false;

  function storeAnswered(): void {
    if (outage === undefined) return;
    const { callsWithoutStore } = outage;
    logger.info({ callsWithoutStore }, "rate limits are counted in the store again");
    outage = undefined;
  }

  /** @throws the error again when it isn't that the store is out. */
  function storeFailed(error: unknown): Error {
    if (!isTenonError(error) || error.code !== "STORAGE_UNAVAILABLE") throw error;
    if (outage === undefined)
      logger.error({ err: error }, "rate-limit store is out: limits are counted in this process alone");
    outage = { error, callsWithoutStore: (outage?.callsWithoutStore ?? 0) + 1 };
    return error;
  }

  /** While the store is out, one call at a time asks it: a store that hangs would keep all of them waiting. */
  async function probe<T>(ask: () => T | Promise<T>): Promise<T> {
    isProbing = true;
    try {
      return await ask();
    } finally {
      isProbing = false;
    }
  }

  function atStoreNow(
    charges: readonly SubjectCharge[],
    readAt: Date | undefined,
    describe: boolean,
  ): ChargeRequest {
    const { now } = storeNow(readAt);
    return now === undefined ? { charges, describe } : { charges, describe, now };
  }

  /** Asks for charges that may differ from those the verdict is about: see `consume`. */
  function count(plan: ChargePlan, asked: readonly SubjectCharge[], now: Date | undefined): Verdict {
    if (outage === undefined) return countInStore(plan, asked, now);
    if (isProbing) return countWithoutStore(plan.charges, asked, outage.error);
    return probe(() => countInStore(plan, asked, now));
  }

  function countInStore(
    { charges, wantsLeases }: ChargePlan,
    asked: readonly SubjectCharge[],
    now: Date | undefined,
  ): Verdict {
    let answer: ConsumeOutcome | Promise<ConsumeOutcome>;
    try {
      answer = wantsLeases ? leased.consume(asked) : store.consume(atStoreNow(asked, now, charges === asked));
    } catch (error) {
      return countWithoutStore(charges, asked, error);
    }
    if (!("then" in answer)) return concludeStored(charges, asked, answer);
    return answer.then(
      (outcome) => concludeStored(charges, asked, outcome),
      (error: unknown) => countWithoutStore(charges, asked, error),
    );
  }

  function concludeStored(
    charges: readonly SubjectCharge[],
    asked: readonly SubjectCharge[],
    outcome: ConsumeOutcome,
  ): RateLimitVerdict {
    storeAnswered();
    return describeOutcome(charges, charges === asked ? outcome : { ...outcome, allowed: false });
  }

  function countWithoutStore(
    charges: readonly SubjectCharge[],
    asked: readonly SubjectCharge[],
    error: unknown,
  ): RateLimitVerdict {
    const unavailable = storeFailed(error);
    if (charges.some(({ limits }) => limits.some(({ onStoreError }) => onStoreError === "closed")))
      throw unavailable;
    const outcome = local.consume({ charges: withoutOpenLimits(asked), now: clock.now() });
    return describeOutcome(
      withoutOpenLimits(charges),
      charges === asked ? outcome : { ...outcome, allowed: false },
    );
  }

  function refundWithoutStore(charges: readonly SubjectCharge[], error: unknown): void {
    storeFailed(error);
    local.refund({ charges: withoutOpenLimits(charges), now: clock.now() });
  }

  return {
    consume(plan, now) {
      const { charges, wantsLeases, isWithinLimits } = plan;
      // Nothing is asked of the limits but how they stand: this call is never accepted.
      if (!isWithinLimits) return count(plan, charges.map(asPeek), now);
      // Outside `count`: a call that didn't need the store says nothing about whether it can be reached.
      const spent = wantsLeases ? leased.spend(charges) : undefined;
      return spent === undefined ? count(plan, charges, now) : describeOutcome(charges, spent);
    },
    async refund({ charges }) {
      if (outage !== undefined && isProbing) return refundWithoutStore(charges, outage.error);
      const refundInStore = () => store.refund({ charges, ...storeNow() });
      try {
        await (outage === undefined ? refundInStore() : probe(refundInStore));
        storeAnswered();
      } catch (error) {
        refundWithoutStore(charges, error);
      }
    },
    async reset({ subject }) {
      await store.reset({ subject });
      leased.forget(subject);
    },
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
