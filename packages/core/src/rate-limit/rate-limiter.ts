import { isTenonError } from "../errors/tenon-error.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { ConsumeOutcome, RateLimitStore } from "../ports/rate-limit-store.js";
import { LOCAL_MAX_SUBJECTS } from "./defaults.js";
import { createLeasedLimiter, wantsLeases } from "./leases/leased-limiter.js";
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
  /** Forgets all that is counted of a subject, and this process's leases. @throws {StorageError} while the store is out. */
  reset(request: { readonly subject: string }): Promise<void>;
}

interface Counted {
  readonly charges: readonly SubjectCharge[];
  readonly outcome: ConsumeOutcome;
}

export function createRateLimiter({ store, clock, storeNow, logger }: RateLimiterConfig): RateLimiter {
  const local = createLocalLimiter(LOCAL_MAX_SUBJECTS);
  const leased = createLeasedLimiter({ store, clock, storeNow });
  let callsWithoutStore = 0;

  function storeAnswered(): void {
    if (callsWithoutStore === 0) return;
    logger.info({ callsWithoutStore }, "rate limits are counted in the store again");
    callsWithoutStore = 0;
  }

  /** @throws the error again when it isn't that the store is out. */
  function storeFailed(error: unknown): Error {
    if (!isTenonError(error) || error.code !== "STORAGE_UNAVAILABLE") throw error;
    if (callsWithoutStore === 0)
      logger.error({ err: error }, "rate-limit store is out: limits are counted in this process alone");
    callsWithoutStore += 1;
    return error;
  }

  /** The outcome of asking for the charges, and those of them that it tells about. */
  async function count(charges: readonly SubjectCharge[], asked: readonly SubjectCharge[]): Promise<Counted> {
    try {
      const outcome = await (wantsLeases(asked)
        ? leased.consume(asked)
        : store.consume({ charges: asked, ...storeNow() }));
      storeAnswered();
      return { charges, outcome };
    } catch (error) {
      const outage = storeFailed(error);
      if (charges.some(({ limits }) => limits.some(({ onStoreError }) => onStoreError === "closed")))
        throw outage;
      const outcome = local.consume({ charges: withoutOpenLimits(asked), now: clock.now() });
      return { charges: withoutOpenLimits(charges), outcome };
    }
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
      // Outside `count`: a call that didn't need the store says nothing about whether it can be reached.
      const spent = wantsLeases(charges) ? leased.spend(charges) : undefined;
      if (spent !== undefined) return describeOutcome(charges, spent);
      const { charges: counted, outcome } = await count(charges, charges);
      return describeOutcome(counted, outcome);
    },
    async refund({ charges }) {
      try {
        await store.refund({ charges, ...storeNow() });
        storeAnswered();
      } catch (error) {
        storeFailed(error);
        local.refund({ charges: withoutOpenLimits(charges), now: clock.now() });
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
