import type { Clock } from "../ports/clock.js";
import { ALL_LEASES_PAUSE_MS, LEASE_LOOK_OVERLAP_MS } from "./defaults.js";

/**
 * How far back each of a runner's promotions looks for leases that ran out: to the one before, and now and then at all.
 * Behind those that ended lately lie all that were ever taken, for as long as an open transaction keeps them from being
 * vacuumed.
 */
export interface LeaseLooks {
  begin(): LeaseLook;
}

export interface LeaseLook {
  /** Empty: all leases are looked at. */
  readonly bound: { readonly leasesEndedWithinMs?: number };
  /** Not called for a look that failed: the next one makes up for it. One that may have left some is followed by a look at all. */
  end(result: { readonly leftSome: boolean }): void;
}

export function createLeaseLooks(clock: Clock): LeaseLooks {
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let lookedAtAllMs = Number.NEGATIVE_INFINITY;
  return {
    begin() {
      const nowMs = clock.now().getTime();
      const wasSetBack = nowMs < lookedAtMs;
      const isAtAll = wasSetBack || nowMs - lookedAtAllMs >= ALL_LEASES_PAUSE_MS;
      return {
        bound: isAtAll ? {} : { leasesEndedWithinMs: nowMs - lookedAtMs + LEASE_LOOK_OVERLAP_MS },
        end({ leftSome }) {
          lookedAtMs = nowMs;
          if (isAtAll) lookedAtAllMs = nowMs;
          if (leftSome) lookedAtAllMs = Number.NEGATIVE_INFINITY;
        },
      };
    },
  };
}
