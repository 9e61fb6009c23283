import type { Clock } from "../../ports/clock.js";
import type { RateLimitStore } from "../../ports/rate-limit-store.js";
import { describeLimit } from "../describe-limit.js";
import type { RateLimit } from "../limit.js";
import { leaseShare, unitsToTake } from "./lease.js";
import type { HeldLease, LeaseTable } from "./lease-table.js";

export interface LeaseTakerConfig {
  readonly store: RateLimitStore;
  readonly clock: Clock;
  /** The instant handed to the store: undefined lets the store's clock decide. */
  readonly storeNow: () => { readonly now?: Date };
}

/** What one call asks of one leased limit. */
export interface LeasedCharge {
  readonly subject: string;
  readonly limit: RateLimit;
  readonly cost: number;
}

/** What the store had to give: the lease, with the call's units spent, or how much less remained. */
export type TakenLease =
  | { readonly spent: HeldLease }
  | { readonly spent: undefined; readonly remaining: number };

/**
 * Takes units of a limit from the store into the table, and spends the call's own on arrival: others may wait for them,
 * and a lease whose window ended under way would be over. Forgotten meanwhile, it serves this call alone.
 */
export async function takeLease(
  { subject, limit, cost }: LeasedCharge,
  context: LeaseTakerConfig & { readonly leases: LeaseTable; readonly isForgotten: () => boolean },
): Promise<TakenLease> {
  const { store, clock, storeNow, leases, isForgotten } = context;
  let refusals = 0;
  let remaining = Number.POSITIVE_INFINITY;
  for (;;) {
    const askedAtMs = clock.now().getTime();
    const held = leases.findLive(subject, limit, askedAtMs);
    const left = held?.left ?? 0;
    // A call that was refused elsewhere may have given units back meanwhile.
    if (held !== undefined && left >= cost) return { spent: spend(held, cost) };
    const units = unitsToTake({ share: leaseShare(limit), cost, left, refusals, remaining });
    if (units === undefined) return { spent: undefined, remaining };

    const charges = [{ subject, cost: units, limits: [limit] }];
    const { allowed, at, counters } = await store.consume({ charges, ...storeNow() });
    const counter = counters[0]?.[0];
    if (counter?.kind !== "window") throw new TypeError("the store answered without the window's counter");
    if (!allowed) {
      refusals += 1;
      remaining = describeLimit({ limit, counter, cost: 0, nowMs: at.getTime() }).remaining;
      continue;
    }
    const window = { counter, atMs: at.getTime(), askedAtMs };
    const taken: HeldLease = { subject, limit, window, left: units, seenAtMs: askedAtMs };
    const lease = isForgotten() ? taken : leases.add(taken);
    if (lease.left >= cost) return { spent: spend(lease, cost) };
    // A new window began, or other calls were faster.
    refusals = 0;
    remaining = Number.POSITIVE_INFINITY;
  }
}

function spend(lease: HeldLease, cost: number): HeldLease {
  lease.left -= cost;
  return lease;
}
