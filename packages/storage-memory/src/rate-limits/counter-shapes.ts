import {
  type CounterSlot,
  counterKey,
  NUMBERS_PER_COUNTER,
  type RateLimit,
  type StoredCounter,
  toSlot,
} from "@tenon/core/rate-limit";

/** What the counters of a subject are, so that only their numbers need keeping for each. */
export interface Shape {
  readonly number: number;
  /** How many numbers a subject takes: the shape's, and three for each counter. */
  readonly width: number;
  readonly counters: readonly {
    readonly key: string;
    /** How long after its start a window still matters, in milliseconds; undefined for GCRA, which keeps its end. */
    readonly lastsMs: number | undefined;
  }[];
  /** Where each limit's counter is among these, when they are exactly those of these limits. */
  slotsOf(limits: readonly RateLimit[]): readonly CounterSlot[] | undefined;
}

export interface Shapes {
  /** The shape of these counters, which come sorted by key. */
  of(entries: readonly (readonly [string, StoredCounter])[]): Shape;
  get(number: number): Shape;
}

/** There are as many shapes as sets of limits that subjects have at once: few, and kept for good. */
export function createShapes(): Shapes {
  const byName = new Map<string, Shape>();
  const byNumber: Shape[] = [];

  return {
    of(entries) {
      let name = "";
      for (const [key, stored] of entries) name += `${key}|${lastsMs(stored)};`;
      const known = byName.get(name);
      if (known !== undefined) return known;
      const counters = entries.map(([key, stored]) => ({ key, lastsMs: lastsMs(stored) }));
      const shape = createShape(byNumber.length, counters);
      byName.set(name, shape);
      byNumber.push(shape);
      return shape;
    },
    get: (number) => byNumber[number] ?? createShape(number, []),
  };
}

function createShape(number: number, counters: Shape["counters"]): Shape {
  // The same few arrays of limits come again at every call.
  const known = new WeakMap<readonly RateLimit[], { readonly slots: readonly CounterSlot[] | undefined }>();

  let lastLimits: readonly RateLimit[] | undefined;
  let lastSlots: readonly CounterSlot[] | undefined;

  function findSlots(limits: readonly RateLimit[]): readonly CounterSlot[] | undefined {
    if (limits.length !== counters.length) return undefined;
    const slots = limits.flatMap((limit) => {
      const index = counters.findIndex(({ key }) => key === counterKey(limit));
      return index === -1 ? [] : [toSlot(limit, index)];
    });
    return slots.length === limits.length ? slots : undefined;
  }

  return {
    number,
    width: 1 + NUMBERS_PER_COUNTER * counters.length,
    counters,
    slotsOf(limits) {
      if (limits === lastLimits) return lastSlots;
      const { slots } = known.get(limits) ?? { slots: findSlots(limits) };
      known.set(limits, { slots });
      lastLimits = limits;
      lastSlots = slots;
      return slots;
    },
  };
}

function lastsMs({ counter, expiresAtMs }: StoredCounter): number | undefined {
  return counter.kind === "gcra" ? undefined : expiresAtMs - counter.startMs;
}
