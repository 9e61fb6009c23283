import { counterKey, type RateLimit, type StoredCounter } from "@tenon/core/rate-limit";

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
  /** Where each limit's counter stands among these, when they are exactly those of these limits. */
  positionsOf(limits: readonly RateLimit[]): readonly number[] | undefined;
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
  const known = new WeakMap<readonly RateLimit[], { readonly positions: readonly number[] | undefined }>();

  let lastLimits: readonly RateLimit[] | undefined;
  let lastPositions: readonly number[] | undefined;

  function findPositions(limits: readonly RateLimit[]): readonly number[] | undefined {
    if (limits.length !== counters.length) return undefined;
    const positions = limits.map((limit) => counters.findIndex(({ key }) => key === counterKey(limit)));
    return positions.includes(-1) ? undefined : positions;
  }

  return {
    number,
    width: 1 + 3 * counters.length,
    counters,
    positionsOf(limits) {
      if (limits === lastLimits) return lastPositions;
      const { positions } = known.get(limits) ?? { positions: findPositions(limits) };
      known.set(limits, { positions });
      lastLimits = limits;
      lastPositions = positions;
      return positions;
    },
  };
}

function lastsMs({ counter, expiresAtMs }: StoredCounter): number | undefined {
  return counter.kind === "gcra" ? undefined : expiresAtMs - counter.startMs;
}
