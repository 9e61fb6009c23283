import { type CounterPlaces, type CounterSlot, layOut, layOutCopy, toSlot } from "./counter-places.js";
import type { LimitCounter, RateLimit } from "./limit.js";

/** A limit as its subject finds it at one instant. */
export interface LimitState {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  /** Whole units that would be accepted now. */
  readonly remaining: number;
  /**
   * When to come back after a refusal; otherwise the window's end (GCRA: when it is full again). To be read only: calls of
   * one window may be told it by the same object.
   */
  readonly resetAt: Date;
  /** Whole seconds until the call is accepted if nobody else calls: 0 = now, undefined = never (cost above the limit). */
  readonly retryAfterSeconds: number | undefined;
}

/**
 * Describes one limit for the caller: what remains, and the exact earliest time to come back.
 * @param options.cost the cost that was refused; 0 after an accepted call, or to look without a call in mind.
 */
export function describeLimit(options: {
  readonly limit: RateLimit;
  readonly counter: LimitCounter | undefined;
  readonly cost: number;
  readonly nowMs: number;
}): LimitState {
  const { limit, counter, cost, nowMs } = options;
  return describeAsked(toSlot(limit, 0), layOut(limit, counter), cost, nowMs);
}

/** Describes every limit of a subject, in the order asked. @param cost as in `describeLimit`. */
export function describePlaces(
  { numbers, from, slots }: CounterPlaces,
  cost: number,
  nowMs: number,
): readonly LimitState[] {
  return slots.map((slot) => describeAsked(slot, layOutCopy(numbers, from + slot.offset), cost, nowMs));
}

/** Brings the counter that is laid out up to now, and describes its limit. */
function describeAsked(slot: CounterSlot, laidOut: Float64Array, cost: number, nowMs: number): LimitState {
  slot.algorithm.add(slot.limit, laidOut, 0, 0, nowMs);
  const retryAfterSeconds = cost === 0 ? 0 : earliestRetrySeconds(slot, laidOut, cost, nowMs);
  return describeSlot(slot, laidOut, 0, retryAfterSeconds, nowMs);
}

/**
 * Charges a cost of 1 or more that fits to the counters where they are, and describes every limit after it, in one pass:
 * a store that keeps numbers makes no other object of a call.
 */
export function chargePlaces(
  { numbers, from, slots }: CounterPlaces,
  cost: number,
  nowMs: number,
): readonly LimitState[] {
  // By index, and of its length from the start: an array that grows takes room for 17 at its first.
  const states = new Array<LimitState>(slots.length);
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index];
    if (slot === undefined) continue;
    const at = from + slot.offset;
    slot.algorithm.add(slot.limit, numbers, at, cost, nowMs);
    states[index] = describeSlot(slot, numbers, at, 0, nowMs);
  }
  return states;
}

/** Describes the limit whose counter, brought up to now, is there from `at` on. */
function describeSlot(
  slot: CounterSlot,
  numbers: Float64Array,
  at: number,
  retryAfterSeconds: number | undefined,
  nowMs: number,
): LimitState {
  const { limit, algorithm } = slot;
  const endsAtMs = algorithm.endsAtMs(limit, numbers, at, nowMs);
  return {
    name: limit.name,
    limit: limit.limit,
    windowSeconds: limit.windowSeconds,
    remaining: algorithm.remaining(limit, numbers, at, nowMs),
    resetAt: retryAfterSeconds
      ? new Date(retryAtMs(nowMs, retryAfterSeconds, endsAtMs))
      : endOf(slot, endsAtMs),
    retryAfterSeconds,
  };
}

/**
 * A window's end is the same for all who call in it: they are told it by one `Date`, unless one of them has set that. To
 * make it for each took as long as to count.
 */
function endOf(slot: CounterSlot, endsAtMs: number): Date {
  const { lastEnd } = slot;
  if (lastEnd?.getTime() === endsAtMs) return lastEnd;
  const endsAt = new Date(endsAtMs);
  slot.lastEnd = endsAt;
  return endsAt;
}

/** Retry times are whole seconds from now: where the window's end is what they were rounded up from, it is shown itself. */
function retryAtMs(nowMs: number, retryAfterSeconds: number, endsAtMs: number): number {
  const latestMs = nowMs + retryAfterSeconds * 1000;
  return latestMs - 1000 < endsAtMs && endsAtMs <= latestMs ? endsAtMs : latestMs;
}

/**
 * Without other calls a counter only ever empties, so the first second at which the cost fits is found by halving.
 * Asking the decision itself, instead of a formula of its own, makes the answer exact for every algorithm.
 */
function earliestRetrySeconds(
  { limit, algorithm }: CounterSlot,
  laidOut: Float64Array,
  cost: number,
  nowMs: number,
): number | undefined {
  if (algorithm.fits(limit, laidOut, 0, cost, nowMs)) return 0;
  if (cost > limit.limit) return undefined;
  let tooEarly = 0;
  let lateEnough = Math.max(Math.ceil((algorithm.expiresAtMs(limit, laidOut, 0) - nowMs) / 1000), 1);
  while (lateEnough - tooEarly > 1) {
    const middle = Math.floor((tooEarly + lateEnough) / 2);
    if (algorithm.fits(limit, laidOut, 0, cost, nowMs + middle * 1000)) lateEnough = middle;
    else tooEarly = middle;
  }
  return lateEnough;
}
