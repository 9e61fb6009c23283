import { counterKey } from "../counter-key.js";
import type { RateLimit } from "../limit.js";
import { isWindowOver, type LeasedWindow } from "./lease.js";

/** A lease as a process holds it. */
export interface HeldLease {
  readonly subject: string;
  readonly limit: RateLimit;
  window: LeasedWindow;
  /** Units not spent yet. */
  left: number;
  /** When it was looked at last, in epoch milliseconds of the process. */
  seenAtMs: number;
}

/** The leases of a process, by subject and limit. */
export interface LeaseTable {
  /** The lease, unless its window is over. */
  findLive(subject: string, limit: RateLimit, nowMs: number): HeldLease | undefined;
  /** Adds units that the store has charged: to the lease of the same window, or as a new one in place of the old. */
  add(taken: HeldLease): HeldLease;
  /** Whether a lease for this limit is held, or could be. */
  hasRoom(subject: string, limit: RateLimit, nowMs: number): boolean;
  /** Drops the leases of a subject. */
  forget(subject: string): void;
}

/** The limit's number is part of it: units taken under a higher limit are not spent under a lower one. */
export function leaseKey(subject: string, limit: RateLimit): string {
  return `${limit.limit}:${counterKey(limit)}:${subject}`;
}

/** Leases looked at for each new one: several, so that those which are over go faster than new ones come. */
const SWEPT_PER_LEASE = 4;

/**
 * Keeps at most about `maxLeases`. A lease that lives is never dropped for another: its units would be lost, and with
 * more subjects than leases each call would lose a share.
 */
export function createLeaseTable(maxLeases: number): LeaseTable {
  const leases = new Map<string, HeldLease>();

  /** Drops what is over among those not looked at for longest. */
  function sweep(nowMs: number): void {
    for (const [key, lease] of takeFirst(leases, SWEPT_PER_LEASE)) {
      leases.delete(key);
      if (!isWindowOver(lease.limit, lease.window, nowMs)) leases.set(key, lease);
    }
  }

  return {
    findLive(subject, limit, nowMs) {
      const lease = leases.get(leaseKey(subject, limit));
      if (lease === undefined) return undefined;
      // After a step back nobody knows how much time has passed.
      if (nowMs < lease.seenAtMs || isWindowOver(limit, lease.window, nowMs)) return undefined;
      lease.seenAtMs = nowMs;
      return lease;
    },
    add(taken) {
      const key = leaseKey(taken.subject, taken.limit);
      const held = leases.get(key);
      if (held !== undefined && held.window.counter.startMs === taken.window.counter.startMs) {
        held.window = taken.window;
        held.left += taken.left;
        held.seenAtMs = taken.seenAtMs;
        return held;
      }
      if (held === undefined) sweep(taken.seenAtMs);
      leases.set(key, taken);
      return taken;
    },
    hasRoom(subject, limit, nowMs) {
      if (leases.size < maxLeases || leases.has(leaseKey(subject, limit))) return true;
      sweep(nowMs);
      return leases.size < maxLeases;
    },
    forget(subject) {
      for (const [key, lease] of leases) if (lease.subject === subject) leases.delete(key);
    },
  };
}

function takeFirst<K, V>(map: ReadonlyMap<K, V>, count: number): readonly (readonly [K, V])[] {
  const first: (readonly [K, V])[] = [];
  for (const entry of map) {
    if (first.length === count) break;
    first.push(entry);
  }
  return first;
}
