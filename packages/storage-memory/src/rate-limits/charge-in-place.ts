import {
  type ChargeDecision,
  decideByReading,
  decideCharges,
  type LimitCharge,
} from "@tenon/core/rate-limit";
import { readPlace } from "./counter-pages.js";
import type { CountersInPlace } from "./rate-limit-table.js";

/**
 * Charges subjects of which exactly these limits are kept, by writing over their numbers; undefined, with nothing
 * charged, when there is any other among them. Nearly every call finds its subjects so, and making the maps that the
 * general way compares and stores takes several times as long as counting. The decision is core's either way.
 */
export function chargeInPlace(
  inPlace: CountersInPlace,
  charges: readonly LimitCharge[],
  nowMs: number,
): ChargeDecision | undefined {
  const [only] = charges;
  return charges.length === 1 && only !== undefined
    ? chargeOneInPlace(inPlace, only, nowMs)
    : chargeAllInPlace(inPlace, charges, nowMs);
}

/** Nearly every call names one subject, and arrays of one cost as much as what they hold. */
function chargeOneInPlace(
  inPlace: CountersInPlace,
  { subject, limits, cost }: LimitCharge,
  nowMs: number,
): ChargeDecision | undefined {
  const places = inPlace.locate(subject, limits);
  if (places === undefined) return undefined;
  const { allowed, counters } = decideByReading({ limits, cost, nowMs }, (index, limit) =>
    readPlace(places, index, limit),
  );
  if (allowed && cost !== 0) inPlace.write(places, limits, counters);
  return { allowed, counters: [counters] };
}

function chargeAllInPlace(
  inPlace: CountersInPlace,
  charges: readonly LimitCharge[],
  nowMs: number,
): ChargeDecision | undefined {
  const located = charges.map(({ subject, limits }) => inPlace.locate(subject, limits));
  if (!located.every((places) => places !== undefined)) return undefined;
  const decision = decideCharges({
    charges: charges.map(({ limits, cost }, index) => {
      const places = located[index];
      return {
        limits,
        cost,
        counters: places ? limits.map((limit, at) => readPlace(places, at, limit)) : [],
      };
    }),
    nowMs,
  });
  if (!decision.allowed) return decision;
  for (const [index, { limits, cost }] of charges.entries()) {
    const places = located[index];
    const counters = decision.counters[index];
    if (places && counters && cost !== 0) inPlace.write(places, limits, counters);
  }
  return decision;
}
