import {
  type CounterPlaces,
  NUMBERS_PER_COUNTER,
  type RateLimit,
  readCounter,
  type StoredCounter,
  type SubjectCounters,
  writeCounter,
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

/** An address is the page's number and, in this many lower bits, the place in it: 31 bits cost a `Map` nothing more. */
const PLACE_BITS = 12;
const PAGE_NUMBERS = 2 ** PLACE_BITS;

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
    const page = pages[address >>> PLACE_BITS];
    if (page === undefined) throw new RangeError("no page has this address");
    return page;
  }

  function at(address: number): {
    readonly page: Float64Array;
    readonly from: number;
    readonly shape: Shape;
  } {
    const page = pageOf(address);
    const from = placeIn(address);
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
      let to = placeIn(place);
      page[to++] = shape.number;
      for (const [, { counter, expiresAtMs }] of entries) {
        writeCounter(page, to, counter);
        // A window's end isn't kept, since its shape tells how long it lasts.
        if (counter.kind === "gcra") page[to + 2] = expiresAtMs;
        to += NUMBERS_PER_COUNTER;
      }
      return place;
    },

    read(address) {
      const { page, from, shape } = at(address);
      const counters = new Map<string, StoredCounter>();
      for (const [index, { key, lastsMs }] of shape.counters.entries()) {
        const place = from + NUMBERS_PER_COUNTER * index;
        const counter = readCounter(page, place, lastsMs === undefined);
        const expiresAtMs =
          counter.kind === "gcra" ? (page[place + 2] ?? 0) : counter.startMs + (lastsMs ?? 0);
        counters.set(key, { counter, expiresAtMs });
      }
      return counters;
    },

    locate(address, limits) {
      const numbers = pageOf(address);
      const from = placeIn(address);
      const slots = shapes.get(numbers[from] ?? 0).slotsOf(limits);
      return slots && { numbers, from: from + 1, slots };
    },

    expiresAtMs(address) {
      const { page, from, shape } = at(address);
      let latest = 0;
      let place = from;
      for (const { lastsMs } of shape.counters) {
        const endsMs = lastsMs === undefined ? (page[place + 2] ?? 0) : (page[place] ?? 0) + lastsMs;
        latest = Math.max(latest, endsMs);
        place += NUMBERS_PER_COUNTER;
      }
      return latest;
    },

    free,
  };
}

function placeIn(address: number): number {
  return address & (PAGE_NUMBERS - 1);
}
