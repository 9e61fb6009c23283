import { counterKey } from "../../rate-limit/counter-key.js";
import type { RateLimit } from "../../rate-limit/limit.js";
import type { Doctor } from "./doctor.js";

interface Charge {
  readonly subject: string;
  readonly limits: readonly RateLimit[];
}

/** Notices a request that is charged twice to one limit of one subject. */
export function createChargeWatch(doctor: Doctor): (requestIdentity: object, charge: Charge) => void {
  const charges = new WeakMap<object, readonly Charge[]>();
  return (requestIdentity, charge) => {
    if (!doctor.isWatching("double-count")) return;
    const earlier = charges.get(requestIdentity) ?? [];
    if (earlier.some((other) => isSameCounter(other, charge))) doctor.warn("double-count");
    charges.set(requestIdentity, [...earlier, charge]);
  };
}

function isSameCounter(one: Charge, other: Charge): boolean {
  if (one.subject !== other.subject) return false;
  const keys = new Set(one.limits.map(counterKey));
  return other.limits.some((limit) => keys.has(counterKey(limit)));
}
