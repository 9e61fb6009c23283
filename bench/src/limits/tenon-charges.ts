import type { Tenon } from "@tenon/core";
import { AMPLE, HOUR_SECONDS, TWO_LIMITS } from "../measure/scenario.js";
import type { Charges } from "./charge-work.js";

/** Beyond what a subject is charged in a run; a leased share is a fiftieth of it. */
const LEASED_LIMIT = 1_000_000;

/** How a kit charges one subject with two windows, or a key together with its tenant. */
export function chargeWith(tenon: Pick<Tenon, "limits">, precision: "exact" | "leased" = "exact"): Charges {
  const limit = precision === "leased" ? LEASED_LIMIT : AMPLE;
  const twoLimits = TWO_LIMITS.map((window) => ({ ...window, limit, precision }));
  const hour = [{ name: "hour", limit: AMPLE, windowSeconds: HOUR_SECONDS }];
  return {
    async oneSubject(subject) {
      const { allowed } = await tenon.limits.consume({ subject, limits: twoLimits });
      if (!allowed) throw new Error("refused");
    },
    async keyAndTenant(key, tenant) {
      const { allowed } = await tenon.limits.consume({
        charges: [
          { subject: key, partition: "key", limits: hour },
          { subject: tenant, partition: "tenant", limits: hour },
        ],
      });
      if (!allowed) throw new Error("refused");
    },
  };
}
