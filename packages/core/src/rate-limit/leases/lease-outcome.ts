import type { ConsumeOutcome } from "../../ports/rate-limit-store.js";
import type { LimitCounter } from "../limit.js";
import { storeTimeMs } from "./lease.js";
import type { HeldLease } from "./lease-table.js";

/** A counter as this process's callers find it: what is leased here and not spent is still theirs. */
export function withOwnUnits(counter: LimitCounter, lease: HeldLease): LimitCounter {
  if (counter.kind !== "window" || counter.startMs !== lease.window.counter.startMs) return counter;
  return { ...counter, current: Math.max(counter.current - lease.left, 0) };
}

/** The outcome of a call that leases alone decided: one list per charge, one lease per limit. */
export function leasedOutcome(held: readonly (readonly HeldLease[])[], nowMs: number): ConsumeOutcome {
  let atMs = 0;
  const counters = held.map((leases) =>
    leases.map((lease) => {
      atMs = Math.max(atMs, storeTimeMs(lease.window, nowMs));
      return withOwnUnits(lease.window.counter, lease);
    }),
  );
  return { allowed: true, at: new Date(atMs), counters };
}

/**
 * Puts one call's outcome together: leased limits as they stand here, and the others as the store answered, in the
 * order asked.
 * @param options.isLeased one list per charge, one entry per limit.
 * @param options.leases the leases, in the order of the limits that are leased.
 * @param options.stored what the store answered of the other limits; charges without any are left out of it.
 */
export function mergeOutcome(options: {
  readonly isLeased: readonly (readonly boolean[])[];
  readonly leases: readonly HeldLease[];
  readonly stored: ConsumeOutcome | undefined;
  readonly nowMs: number;
}): ConsumeOutcome {
  const { isLeased, leases, stored, nowMs } = options;
  const here = leases.map((lease) => withOwnUnits(lease.window.counter, lease)).values();
  const inStore = (stored?.counters.flat() ?? []).values();
  const counters = isLeased.map((limits) =>
    limits.flatMap((leased) => {
      const { value } = (leased ? here : inStore).next();
      return value === undefined ? [] : [value];
    }),
  );
  const times = leases.map(({ window }) => storeTimeMs(window, nowMs));
  const atMs = Math.max(stored?.at.getTime() ?? 0, ...times);
  return { allowed: stored?.allowed ?? true, at: new Date(atMs), counters };
}
