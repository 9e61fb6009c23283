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
}

/** @param index which of the counters is the limit's. */
export function toSlot(limit: RateLimit, index: number): CounterSlot {
  return { limit, algorithm: algorithmOf(limit), offset: index * NUMBERS_PER_COUNTER };
}

/** Makes numbers of counters. */
export function toPlaces(
  limits: readonly RateLimit[],
  counters: readonly (LimitCounter | undefined)[],
): CounterPlaces {
  const slots = limits.map(toSlot);
  const numbers = new Float64Array(limits.length * NUMBERS_PER_COUNTER);
  for (const [index, { limit, offset }] of slots.entries()) {
    writeCounterOf(limit, counters[index], numbers, offset);
  }
  return { numbers, from: 0, slots };
}

/** Makes counters of numbers. */
export function toCounters({ numbers, from, slots }: CounterPlaces): readonly LimitCounter[] {
  return slots.map(({ limit, offset }) => readCounter(numbers, from + offset, limit.algorithm === "gcra"));
}

/** Copies counters, brought up to now and with a cost added that fits; 0 only brings them up. */
export function withCost(
  { numbers, from, slots }: CounterPlaces,
  cost: number,
  nowMs: number,
): CounterPlaces {
  const copy = numbers.slice(from, from + slots.length * NUMBERS_PER_COUNTER);
  for (const { limit, algorithm, offset } of slots) algorithm.add(limit, copy, offset, cost, nowMs);
  return { numbers: copy, from: 0, slots };
}

/** Writes a limit's counter. One of another kind than the limit's counts as none. */
export function writeCounterOf(
  limit: RateLimit,
  counter: LimitCounter | undefined,
  numbers: Float64Array,
  at: number,
): void {
  if (counter !== undefined && (counter.kind === "gcra") === (limit.algorithm === "gcra"))
    writeCounter(numbers, at, counter);
  else numbers.fill(0, at, at + NUMBERS_PER_COUNTER);
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
