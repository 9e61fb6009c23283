import { parseInput } from "../input/parse-input.js";
import type { ScopedLimit } from "./key-limits.js";
import { routeLimits, type ScopedLimitInput } from "./schemas.js";

/** Makes a reader of a route's or a plan's limits. It checks each array once: the same one comes with every call. */
export function createLimitsReader(): (limits: readonly ScopedLimitInput[]) => readonly ScopedLimit[] {
  const parsed = new WeakMap<readonly ScopedLimitInput[], readonly ScopedLimit[]>();
  return (limits) => {
    const known = parsed.get(limits);
    if (known !== undefined) return known;
    const checked = parseInput(routeLimits, { limits }).limits;
    parsed.set(limits, checked);
    return checked;
  };
}
