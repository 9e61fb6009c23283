import {
  type ChargeDecision,
  type CountedCharge,
  decideCharges,
  type LimitCharge,
} from "@tenon/core/rate-limit";
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
  const counted: CountedCharge[] = [];
  for (const { subject, limits, cost } of charges) {
    const counters = inPlace.read(subject, limits);
    if (counters === undefined) return undefined;
    counted.push({ limits, cost, counters });
  }
  const decision = decideCharges({ charges: counted, nowMs });
  if (!decision.allowed) return decision;
  for (const [index, { subject, limits, cost }] of charges.entries()) {
    if (cost > 0) inPlace.write(subject, limits, decision.counters[index] ?? []);
  }
  return decision;
}
