import {
  type CounterPlaces,
  type RateLimit,
  type SubjectCounters,
  subjectExpiresAtMs,
} from "@tenon/core/rate-limit";
import { createCounterPages } from "./counter-pages.js";

/** What is counted, by subject. */
export interface RateLimitTable {
  get(subject: string): SubjectCounters | undefined;
  put(subject: string, counters: SubjectCounters): void;
  delete(subject: string): void;
  /** At most `limit` subjects whose counters no longer matter at `nowMs`. */
  findOver(nowMs: number, limit: number): readonly string[];
  /** Absent where changes are kept apart, so that nothing can be written in its place. */
  readonly inPlace?: CountersInPlace;
}

/** The way to counters that were all kept before: no subject, and no counter, is added or dropped. */
export interface CountersInPlace {
  /**
   * Where the counters of these limits are, when they are all that is kept of the subject; else undefined. Good for one
   * step: what is written elsewhere may move them.
   */
  locate(subject: string, limits: readonly RateLimit[]): CounterPlaces | undefined;
  /** Told which counters were charged where they are. */
  charged(places: CounterPlaces): void;
}

/** Changes kept apart from the table below, until they are merged. */
export interface RateLimitOverlay extends RateLimitTable {
  /** Whether the subject was put or deleted here. */
  touches(subject: string): boolean;
  merge(): void;
}

/** A table that holds its counters itself. */
export function createRateLimitTable(): RateLimitTable {
  const pages = createCounterPages();
  const addresses = new Map<string, number>();
  // Nothing is over before: it spares the search, which passes over every subject there is.
  let nothingOverBeforeMs = Number.POSITIVE_INFINITY;

  return {
    get(subject) {
      const address = addresses.get(subject);
      return address === undefined ? undefined : pages.read(address);
    },
    put(subject, counters) {
      const known = addresses.get(subject);
      const address = pages.write(counters, known);
      if (address !== known) addresses.set(subject, address);
      nothingOverBeforeMs = Math.min(nothingOverBeforeMs, subjectExpiresAtMs(counters));
    },
    delete(subject) {
      const address = addresses.get(subject);
      if (address !== undefined) pages.free(address);
      addresses.delete(subject);
    },
    findOver(nowMs, limit) {
      const over: string[] = [];
      if (nowMs < nothingOverBeforeMs || limit <= 0) return over;
      let earliestMs = Number.POSITIVE_INFINITY;
      for (const [subject, address] of addresses) {
        const expiresAtMs = pages.expiresAtMs(address);
        if (expiresAtMs > nowMs) {
          earliestMs = Math.min(earliestMs, expiresAtMs);
          continue;
        }
        over.push(subject);
        if (over.length === limit) return over;
      }
      nothingOverBeforeMs = over.length > 0 ? nowMs : earliestMs;
      return over;
    },
    inPlace: {
      locate(subject, limits) {
        const address = addresses.get(subject);
        return address === undefined ? undefined : pages.locate(address, limits);
      },
      charged({ numbers, from, slots }) {
        // A window only ever moves on, and a GCRA counter ends sooner once its limit is raised.
        for (let index = 0; index < slots.length; index++) {
          const slot = slots[index];
          if (slot?.limit.algorithm !== "gcra") continue;
          nothingOverBeforeMs = Math.min(nothingOverBeforeMs, numbers[from + slot.offset + 2] ?? 0);
        }
      },
    },
  };
}

export function createRateLimitOverlay(below: RateLimitTable): RateLimitOverlay {
  const changes = new Map<string, SubjectCounters | undefined>();

  return {
    get: (subject) => (changes.has(subject) ? changes.get(subject) : below.get(subject)),
    put: (subject, counters) => void changes.set(subject, counters),
    delete: (subject) => void changes.set(subject, undefined),
    findOver(nowMs, limit) {
      const changed = [...changes].flatMap(([subject, counters]) =>
        counters !== undefined && subjectExpiresAtMs(counters) <= nowMs ? [subject] : [],
      );
      const unchanged = below
        .findOver(nowMs, limit + changes.size)
        .filter((subject) => !changes.has(subject));
      return [...changed, ...unchanged].slice(0, Math.max(limit, 0));
    },
    touches: (subject) => changes.has(subject),
    merge() {
      for (const [subject, counters] of changes) {
        if (counters === undefined) below.delete(subject);
        else below.put(subject, counters);
      }
    },
  };
}
