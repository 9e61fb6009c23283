import { LATE_GUARDS } from "../defaults.js";
import type { Doctor } from "./doctor.js";

/** Notices middlewares that are built while requests are served, again and again. */
export function createBuildWatch(doctor: Doctor): { built(): void; served(): void } {
  let isServing = false;
  let builtLate = 0;
  return {
    served() {
      isServing = true;
    },
    built() {
      if (!isServing) return;
      builtLate += 1;
      if (builtLate > LATE_GUARDS) doctor.warn("middleware-built-per-request");
    },
  };
}
