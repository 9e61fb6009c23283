import type { ConsumeOutcome } from "../../ports/rate-limit-store.js";
import { MAX_LEASES } from "../defaults.js";
import type { LimitCharge } from "../subject-counters.js";
import { isLeased } from "./lease.js";
import { leasedOutcome, mergeOutcome, withOwnUnits } from "./lease-outcome.js";
import { createLeaseTable, type HeldLease } from "./lease-table.js";
import { createLeaseTaker } from "./lease-taker.js";
import type { LeaseTakerConfig } from "./take-lease.js";

/** Counts leased limits in the process, and everything else in the store. */
export interface LeasedLimiter {
  /** Decides a call by leases that are held, without I/O; undefined, with nothing spent, when they don't suffice. */
  spend(charges: readonly LimitCharge[]): ConsumeOutcome | undefined;
  /**
   * Charges every limit, or none. Concurrent calls that miss a lease wait for one asking. What a refused or failed call
   * had spent is given back, for later calls in the same window.
   */
  consume(charges: readonly LimitCharge[]): Promise<ConsumeOutcome>;
  /** Drops what is leased of a subject. */
  forget(subject: string): void;
}

export function createLeasedLimiter(config: LeaseTakerConfig, maxLeases = MAX_LEASES): LeasedLimiter {
  const { store, clock, storeNow } = config;
  const leases = createLeaseTable(maxLeases);
  const taker = createLeaseTaker(config, leases);
  const nowMs = () => clock.now().getTime();

  /** The store's answer, with what this process still has of the limits it tells about. */
  async function askStore(charges: readonly LimitCharge[]): Promise<ConsumeOutcome> {
    const outcome = await store.consume({ charges, ...storeNow() });
    const counters = outcome.counters.map((ofCharge, charge) =>
      ofCharge.map((counter, index) => {
        const { subject = "", limits = [] } = charges[charge] ?? {};
        const limit = limits[index];
        const lease = limit && leases.findLive(subject, limit, nowMs());
        return lease === undefined ? counter : withOwnUnits(counter, lease);
      }),
    );
    return { ...outcome, counters };
  }

  return {
    spend(charges) {
      const now = nowMs();
      const held = new Array<readonly HeldLease[]>(charges.length);
      for (const [index, charge] of charges.entries()) {
        const leasesOf = leases.findAllLive(charge.subject, charge.limits, now);
        if (leasesOf === undefined || !suffice(leasesOf, charge)) return undefined;
        held[index] = leasesOf;
      }
      for (const [index, { cost }] of charges.entries()) {
        for (const lease of held[index] ?? []) lease.left -= cost;
      }
      return leasedOutcome(held, now);
    },

    async consume(charges) {
      const leased = charges.map(({ subject, cost, limits }) =>
        limits.map((limit) => isLeased(limit, cost) && leases.hasRoom(subject, limit, nowMs())),
      );
      const here = charges.flatMap(({ subject, cost, limits }, charge) =>
        limits.filter((_, index) => leased[charge]?.[index]).map((limit) => ({ subject, cost, limit })),
      );
      if (here.length === 0) return askStore(charges);

      const spent = await taker.takeAll(here);
      if (spent === undefined) {
        const state = await askStore(charges.map((charge) => ({ ...charge, cost: 0 })));
        return { ...state, allowed: false };
      }
      const giveBack = () => {
        for (const [index, { cost }] of here.entries()) {
          const lease = spent[index];
          if (lease !== undefined) lease.left += cost;
        }
      };
      const inStore = charges
        .map((charge, index) => ({
          ...charge,
          limits: charge.limits.filter((_, limit) => !leased[index]?.[limit]),
        }))
        .filter(({ limits }) => limits.length > 0);
      let stored: ConsumeOutcome | undefined;
      try {
        stored = inStore.length === 0 ? undefined : await askStore(inStore);
      } catch (error) {
        giveBack();
        throw error;
      }
      if (stored?.allowed === false) giveBack();
      return mergeOutcome({ isLeased: leased, leases: spent, stored, nowMs: nowMs() });
    },

    forget(subject) {
      leases.forget(subject);
      taker.forget(subject);
    },
  };
}

/** Whether each limit's lease bears the cost. A lease may be there for a limit that this call wants counted exactly. */
function suffice(leases: readonly HeldLease[], { limits, cost }: LimitCharge): boolean {
  return limits.every((limit, index) => isLeased(limit, cost) && (leases[index]?.left ?? 0) >= cost);
}
