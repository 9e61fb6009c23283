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
  /** A subject's leases for all of these limits, in their order; undefined when one isn't held, or its window is over. */
  findAllLive(subject: string, limits: readonly RateLimit[], nowMs: number): readonly HeldLease[] | undefined;
  /** Adds units that the store has charged: to the lease of the same window, or as a new one in place of the old. */
  add(taken: HeldLease): HeldLease;
  /** Whether a lease for this limit is held, or could be. */
  hasRoom(subject: string, limit: RateLimit, nowMs: number): boolean;
  /** Drops the leases of a subject. */
  forget(subject: string): void;
}

/** Subjects looked at for each new lease: several, so that what is over goes faster than new leases come. */
const SWEPT_PER_LEASE = 4;

/**
 * Keeps at most about `maxLeases`. A lease that lives is never dropped for another: its units would be lost, and with
 * more subjects than leases each call would lose a share.
 */
export function createLeaseTable(maxLeases: number): LeaseTable {
  /** By subject: a call looks its text up once, however many limits it has. */
  const leases = new Map<string, readonly HeldLease[]>();
  let count = 0;

  function replace(subject: string, kept: readonly HeldLease[]): void {
    count += kept.length - (leases.get(subject)?.length ?? 0);
    leases.delete(subject);
    if (kept.length > 0) leases.set(subject, kept);
  }

  /** Drops what is over, of those subjects that were not swept for longest. */
  function sweep(nowMs: number): void {
    for (const [subject, held] of takeFirst(leases, SWEPT_PER_LEASE)) {
      const live = held.filter(({ limit, window }) => !isWindowOver(limit, window, nowMs));
      replace(subject, live);
    }
  }

  return {
    findLive(subject, limit, nowMs) {
      const lease = ofLimit(leases.get(subject), limit);
      return lease !== undefined && look(lease, nowMs) ? lease : undefined;
    },
    findAllLive(subject, limits, nowMs) {
      const held = leases.get(subject);
      const found = new Array<HeldLease>(limits.length);
      for (let index = 0; index < limits.length; index++) {
        const limit = limits[index];
        const lease = limit && ofLimit(held, limit);
        if (lease === undefined || !look(lease, nowMs)) return undefined;
        found[index] = lease;
      }
      return found;
    },
    add(taken) {
      const others = leases.get(taken.subject) ?? [];
      const held = ofLimit(others, taken.limit);
      if (held !== undefined && held.window.counter.startMs === taken.window.counter.startMs) {
        held.window = taken.window;
        held.left += taken.left;
        held.seenAtMs = taken.seenAtMs;
        return held;
      }
      if (held === undefined) sweep(taken.seenAtMs);
      replace(taken.subject, [...others.filter((lease) => lease !== held), taken]);
      return taken;
    },
    hasRoom(subject, limit, nowMs) {
      if (count < maxLeases || ofLimit(leases.get(subject), limit) !== undefined) return true;
      sweep(nowMs);
      return count < maxLeases;
    },
    forget(subject) {
      replace(subject, []);
    },
  };
}

/** The limit's number is part of it: units taken under a higher limit are not spent under a lower one. */
function ofLimit(leases: readonly HeldLease[] | undefined, limit: RateLimit): HeldLease | undefined {
  if (leases === undefined) return undefined;
  for (let index = 0; index < leases.length; index++) {
    const lease = leases[index];
    if (lease !== undefined && isSameLimit(lease.limit, limit)) return lease;
  }
  return undefined;
}

function isSameLimit(one: RateLimit, other: RateLimit): boolean {
  return one === other || (one.limit === other.limit && counterKey(one) === counterKey(other));
}

/** Whether the lease's window is still on; looking at it is remembered. */
function look(lease: HeldLease, nowMs: number): boolean {
  // After a step back nobody knows how much time has passed.
  if (nowMs < lease.seenAtMs || isWindowOver(lease.limit, lease.window, nowMs)) return false;
  lease.seenAtMs = nowMs;
  return true;
}

function takeFirst<K, V>(map: ReadonlyMap<K, V>, count: number): readonly (readonly [K, V])[] {
  const first: (readonly [K, V])[] = [];
  for (const entry of map) {
    if (first.length === count) break;
    first.push(entry);
  }
  return first;
}
