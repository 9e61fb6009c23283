import { LEASE_SHARES } from "../defaults.js";
import type { RateLimit } from "../limit.js";
import type { WindowCounter } from "../window-counter.js";

/** What the store said when it charged a share: the window that the share belongs to, and how it stands. */
export interface LeasedWindow {
  /** The store's counter after the charge. */
  readonly counter: WindowCounter;
  /** The store's time then, in epoch milliseconds. */
  readonly atMs: number;
  /** This process's time just before it asked, in epoch milliseconds. */
  readonly askedAtMs: number;
}

/** Units of a limit that a process takes at once: a fiftieth, rounded down. */
export function leaseShare({ limit }: RateLimit): number {
  return Math.floor(limit / LEASE_SHARES);
}

/**
 * Whether a call is counted on a lease. It isn't, and is counted in the store, where a share would be one unit or less
 * than the cost. Only windows can be leased: what GCRA charges drains from the moment it is charged, so that units
 * spent later would come on top of a full burst.
 */
export function isLeased(limit: RateLimit, cost: number): boolean {
  if (limit.precision !== "leased" || limit.algorithm === "gcra") return false;
  const share = leaseShare(limit);
  return share > 1 && cost > 0 && cost <= share;
}

/**
 * The store's time, as far as the process knows it. It never runs ahead of the asking, however far the two clocks are
 * apart: the store decided after it was asked, so a lease is given up early by the time that the answer took.
 */
export function storeTimeMs({ atMs, askedAtMs }: LeasedWindow, nowMs: number): number {
  return atMs + nowMs - askedAtMs;
}

/** Whether the window that a lease was taken in is over, and the lease with it. */
export function isWindowOver(limit: RateLimit, window: LeasedWindow, nowMs: number): boolean {
  return storeTimeMs(window, nowMs) >= window.counter.startMs + limit.windowSeconds * 1000;
}

/**
 * Units to ask the store for, when `left` don't suffice for `cost`; undefined when it has refused for good. A lease is
 * filled up to one share; where that is refused, with what remained; where somebody was faster, with what is needed.
 * @param options.refusals how often the store refused, in this asking.
 * @param options.remaining what it said remained at the last refusal.
 */
export function unitsToTake(options: {
  readonly share: number;
  readonly cost: number;
  readonly left: number;
  readonly refusals: number;
  readonly remaining: number;
}): number | undefined {
  const { share, cost, left, refusals, remaining } = options;
  const needed = cost - left;
  if (refusals > 2 || remaining < needed) return undefined;
  return refusals === 2 ? needed : Math.min(share - left, remaining);
}
