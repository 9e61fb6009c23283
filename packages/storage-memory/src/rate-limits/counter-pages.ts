import {
  counterExpiresAtMs,
  type LimitCounter,
  type RateLimit,
  type StoredCounter,
  type SubjectCounters,
} from "@tenon/core/rate-limit";
import { createShapes, type Shape } from "./counter-shapes.js";

/** Counters of many subjects, packed into pages of numbers: objects would take several times the room. */
export interface CounterPages {
  /** Stores counters, over those at `address` if there is one, and returns where they are now. */
  write(counters: SubjectCounters, address: number | undefined): number;
  read(address: number): SubjectCounters;
  /** Where the counters of these limits are, when they are all that is there. Good until something else is written. */
  locate(address: number, limits: readonly RateLimit[]): CounterPlaces | undefined;
  /** When the last of the counters no longer matters, in epoch milliseconds. */
  expiresAtMs(address: number): number;
  /** Gives the place up. */
  free(address: number): void;
}

/** Where the counters of some limits are, in the order of these limits. */
export interface CounterPlaces {
  readonly page: Float64Array;
  readonly from: number;
  readonly positions: readonly number[];
}

/** An address is the page's number times this, plus the place in it. Numbers below 2³¹ cost a `Map` nothing more. */
const PAGE_NUMBERS = 4_096;

export function createCounterPages(): CounterPages {
  const shapes = createShapes();
  const pages: Float64Array[] = [];
  const freePlaces = new Map<number, number[]>();

  function allocate(width: number): number {
    const free = freePlaces.get(width) ?? [];
    freePlaces.set(width, free);
    if (free.length === 0) {
      const places = Math.max(Math.floor(PAGE_NUMBERS / width), 1);
      const first = pages.push(new Float64Array(places * width)) - 1;
      for (let place = places - 1; place >= 0; place--) free.push(first * PAGE_NUMBERS + place * width);
    }
    return free.pop() ?? 0;
  }

  function pageOf(address: number): Float64Array {
    const page = pages[Math.floor(address / PAGE_NUMBERS)];
    if (page === undefined) throw new RangeError("no page has this address");
    return page;
  }

  function at(address: number): {
    readonly page: Float64Array;
    readonly from: number;
    readonly shape: Shape;
  } {
    const page = pageOf(address);
    const from = address % PAGE_NUMBERS;
    return { page, from: from + 1, shape: shapes.get(page[from] ?? 0) };
  }

  function free(address: number): void {
    freePlaces.get(at(address).shape.width)?.push(address);
  }

  return {
    write(counters, address) {
      const entries = [...counters].sort(([a], [b]) => (a < b ? -1 : 1));
      const shape = shapes.of(entries);
      const fits = address !== undefined && at(address).shape.width === shape.width;
      if (address !== undefined && !fits) free(address);
      const place = fits ? address : allocate(shape.width);
      const page = pageOf(place);
      let to = place % PAGE_NUMBERS;
      page[to++] = shape.number;
      for (const [, { counter, expiresAtMs }] of entries) {
        writeCounter(page, to, counter, expiresAtMs);
        to += 3;
      }
      return place;
    },

    read(address) {
      const { page, from, shape } = at(address);
      const counters = new Map<string, StoredCounter>();
      for (const [index, { key, lastsMs }] of shape.counters.entries()) {
        const place = from + 3 * index;
        const counter = readCounter(page, place, lastsMs === undefined);
        const expiresAtMs =
          counter.kind === "gcra" ? (page[place + 2] ?? 0) : counter.startMs + (lastsMs ?? 0);
        counters.set(key, { counter, expiresAtMs });
      }
      return counters;
    },

    locate(address, limits) {
      const page = pageOf(address);
      const from = address % PAGE_NUMBERS;
      const positions = shapes.get(page[from] ?? 0).positionsOf(limits);
      return positions && { page, from: from + 1, positions };
    },

    expiresAtMs(address) {
      const { page, from, shape } = at(address);
      let latest = 0;
      let place = from;
      for (const { lastsMs } of shape.counters) {
        const endsMs = lastsMs === undefined ? (page[place + 2] ?? 0) : (page[place] ?? 0) + lastsMs;
        latest = Math.max(latest, endsMs);
        place += 3;
      }
      return latest;
    },

    free,
  };
}

/** The counters of the limits that these are the places of. */
export function readPlaces(
  { page, from, positions }: CounterPlaces,
  limits: readonly RateLimit[],
): readonly LimitCounter[] {
  // By index, and of its length from the start: a closure and an array that grows cost as much as what they are for.
  const counters = new Array<LimitCounter>(limits.length);
  for (let index = 0; index < limits.length; index++) {
    const isGcra = limits[index]?.algorithm === "gcra";
    counters[index] = readCounter(page, from + 3 * (positions[index] ?? 0), isGcra);
  }
  return counters;
}

/**
 * Writes counters over those that are there, and returns the earliest end that one of them may have moved back to, in
 * epoch milliseconds: a window only ever moves on, and a GCRA counter ends sooner once its limit is raised.
 */
export function writePlaces(
  { page, from, positions }: CounterPlaces,
  limits: readonly RateLimit[],
  counters: readonly LimitCounter[],
): number {
  let earliestEndMs = Number.POSITIVE_INFINITY;
  for (let index = 0; index < limits.length; index++) {
    const limit = limits[index];
    const counter = counters[index];
    if (limit === undefined || counter === undefined) continue;
    const expiresAtMs = counter.kind === "gcra" ? counterExpiresAtMs(limit, counter) : 0;
    if (counter.kind === "gcra" && expiresAtMs < earliestEndMs) earliestEndMs = expiresAtMs;
    writeCounter(page, from + 3 * (positions[index] ?? 0), counter, expiresAtMs);
  }
  return earliestEndMs;
}

/** Three numbers; a window's third is no end, since its shape tells how long it lasts. */
function writeCounter(page: Float64Array, to: number, counter: LimitCounter, expiresAtMs: number): void {
  const isGcra = counter.kind === "gcra";
  page[to] = isGcra ? counter.atMs : counter.startMs;
  page[to + 1] = isGcra ? counter.level : counter.current;
  page[to + 2] = isGcra ? expiresAtMs : counter.previous;
}

function readCounter(page: Float64Array, from: number, isGcra: boolean): LimitCounter {
  const [first, second] = [page[from] ?? 0, page[from + 1] ?? 0];
  if (isGcra) return { kind: "gcra", atMs: first, level: second };
  return { kind: "window", startMs: first, current: second, previous: page[from + 2] ?? 0 };
}
