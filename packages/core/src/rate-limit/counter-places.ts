import type { Algorithm } from "./algorithm.js";
import { algorithmOf } from "./algorithm-of.js";
import type { LimitCounter, RateLimit } from "./limit.js";

/**
 * How many numbers a counter is: a window's start, its units and those of the window before; GCRA's instant, its level
 * and, once it was charged, when it is full again. Three zeros are a counter of nothing.
 */
export const NUMBERS_PER_COUNTER = 3;

/** Where the counters of a subject's limits are, as numbers. */
export interface CounterPlaces {
  readonly numbers: Float64Array;
  readonly from: number;
  /** One for each limit, in the order asked. */
  readonly slots: readonly CounterSlot[];
}

/** A limit with its arithmetic, and how far after the first its counter's numbers begin. */
export interface CounterSlot {
  readonly limit: RateLimit;
  readonly algorithm: Algorithm;
  readonly offset: number;
  /** When its window ends, as it was told last: see `endOf` in `describe-limit.ts`. */
  lastEnd: Date | undefined;
}

/** @param index which of the counters is the limit's. */
export function toSlot(limit: RateLimit, index: number): CounterSlot {
  return { limit, algorithm: algorithmOf(limit), offset: index * NUMBERS_PER_COUNTER, lastEnd: undefined };
}

/** Holds one counter at a time: to make an array for each takes longer than what is asked of it. */
const desk = new Float64Array(NUMBERS_PER_COUNTER);

/** Lays a limit's counter out as numbers, until another is. One of another kind than the limit's counts as none. */
export function layOut(limit: RateLimit, counter: LimitCounter | undefined): Float64Array {
  if (counter !== undefined && (counter.kind === "gcra") === (limit.algorithm === "gcra"))
    writeCounter(desk, 0, counter);
  else desk.fill(0);
  return desk;
}

/** Lays out a copy of a counter's numbers, until another is laid out. */
export function layOutCopy(numbers: Float64Array, at: number): Float64Array {
  for (let place = 0; place < NUMBERS_PER_COUNTER; place++) desk[place] = numbers[at + place] ?? 0;
  return desk;
}

export function writeCounter(numbers: Float64Array, at: number, counter: LimitCounter): void {
  const isGcra = counter.kind === "gcra";
  numbers[at] = isGcra ? counter.atMs : counter.startMs;
  numbers[at + 1] = isGcra ? counter.level : counter.current;
  numbers[at + 2] = isGcra ? 0 : counter.previous;
}

export function readCounter(numbers: Float64Array, at: number, isGcra: boolean): LimitCounter {
  const first = numbers[at] ?? 0;
  const second = numbers[at + 1] ?? 0;
  if (isGcra) return { kind: "gcra", atMs: first, level: second };
  return { kind: "window", startMs: first, current: second, previous: numbers[at + 2] ?? 0 };
}
