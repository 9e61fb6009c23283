import type { ConsumeOutcome } from "@tenon/core/ports";
import { decideCharges, decideRateLimit, type LimitCharge } from "@tenon/core/rate-limit";
import { readPlaces } from "./counter-pages.js";
import type { CountersInPlace } from "./rate-limit-table.js";

/**
 * Charges subjects of which exactly these limits are kept, by writing over their numbers; undefined, with nothing
 * charged, when there is any other among them. Nearly every call finds its subjects so, and making the maps that the
 * general way compares and stores takes several times as long as counting. The decision is core's either way.
 */
export function chargeInPlace(
  inPlace: CountersInPlace,
  charges: readonly LimitCharge[],
  at: Date,
): ConsumeOutcome | undefined {
  const [only] = charges;
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
  const stored = readPlaces(places, limits);
  const { allowed, counters } = decideRateLimit({ limits, counters: stored, cost, nowMs: at.getTime() });
  if (allowed && cost !== 0) inPlace.write(places, limits, counters);
  return { allowed, at, counters: [counters] };
}

function chargeAllInPlace(
  inPlace: CountersInPlace,
  charges: readonly LimitCharge[],
  at: Date,
): ConsumeOutcome | undefined {
  const located = charges.map(({ subject, limits }) => inPlace.locate(subject, limits));
  if (!located.every((places) => places !== undefined)) return undefined;
  const { allowed, counters } = decideCharges({
    charges: charges.map(({ limits, cost }, index) => {
      const places = located[index];
      return { limits, cost, counters: places ? readPlaces(places, limits) : [] };
    }),
    nowMs: at.getTime(),
  });
  for (const [index, { limits, cost }] of charges.entries()) {
    const places = located[index];
    const charged = counters[index];
    if (allowed && places && charged && cost !== 0) inPlace.write(places, limits, charged);
  }
  return { allowed, at, counters };
}
