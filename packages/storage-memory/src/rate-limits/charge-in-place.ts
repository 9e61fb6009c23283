import type { ConsumeOutcome } from "@tenon/core/ports";
import {
  type CounterPlaces,
  chargePlaces,
  describePlaces,
  fitsPlaces,
  type LimitCharge,
  type LimitState,
} from "@tenon/core/rate-limit";
import type { CountersInPlace } from "./rate-limit-table.js";

const NO_COUNTERS: ConsumeOutcome["counters"] = [];

/**
 * Charges subjects of which exactly these limits are kept, where their numbers are, and describes them; undefined, with
 * nothing charged, when there is any other among them. Nearly every call finds its subjects so, and making the maps that
 * the general way compares and stores takes several times as long as counting. The decision is core's either way.
 */
export function chargeInPlace(
  inPlace: CountersInPlace,
  charges: readonly LimitCharge[],
  at: Date,
): ConsumeOutcome | undefined {
  const only = charges[0];
  return charges.length === 1 && only !== undefined
    ? chargeOneInPlace(inPlace, only, at)
    : chargeAllInPlace(inPlace, charges, at);
}

/** Nearly every call names one subject, and arrays of one cost as much as what they hold. */
function chargeOneInPlace(
  inPlace: CountersInPlace,
  { subject, limits, cost }: LimitCharge,
  at: Date,
): ConsumeOutcome | undefined {
  const places = inPlace.locate(subject, limits);
  if (places === undefined) return undefined;
  const nowMs = at.getTime();
  const allowed = fitsPlaces(places, cost, nowMs);
  return { allowed, at, counters: NO_COUNTERS, states: [settle(inPlace, places, cost, allowed, nowMs)] };
}

function chargeAllInPlace(
  inPlace: CountersInPlace,
  charges: readonly LimitCharge[],
  at: Date,
): ConsumeOutcome | undefined {
  const located = charges.map(({ subject, limits }) => inPlace.locate(subject, limits));
  if (!located.every((places) => places !== undefined)) return undefined;
  const costs = charges.map(({ cost }) => cost);
  const nowMs = at.getTime();
  const allowed = located.every((places, index) => fitsPlaces(places, costs[index] ?? 0, nowMs));
  const states = located.map((places, index) => settle(inPlace, places, costs[index] ?? 0, allowed, nowMs));
  return { allowed, at, counters: NO_COUNTERS, states };
}

/** Charges one subject if the call is allowed, and describes its limits. */
function settle(
  inPlace: CountersInPlace,
  places: CounterPlaces,
  cost: number,
  allowed: boolean,
  nowMs: number,
): readonly LimitState[] {
  if (!allowed || cost === 0) return describePlaces(places, allowed ? 0 : cost, nowMs);
  const states = chargePlaces(places, cost, nowMs);
  inPlace.charged(places);
  return states;
}
