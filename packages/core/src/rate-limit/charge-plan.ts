import type { SubjectCharge } from "./limit-verdict.js";

/** What a call is charged, with what that alone decides of it: found once for calls that are charged the same. */
export interface ChargePlan {
  readonly charges: readonly SubjectCharge[];
  /** Whether any of the limits asks for leases. */
  readonly wantsLeases: boolean;
  /** Whether each cost is within its limits: a call that goes beyond one is never accepted. */
  readonly isWithinLimits: boolean;
}

/** @param charges each with at least one limit. */
export type PlanCharges = (charges: readonly SubjectCharge[]) => ChargePlan;

export const planCharges: PlanCharges = (charges) => ({
  charges,
  wantsLeases: charges.some(({ limits }) => limits.some(({ precision }) => precision === "leased")),
  isWithinLimits: charges.every(({ limits, cost }) => limits.every(({ limit }) => cost <= limit)),
});
