import type { LimitReading } from "../measure/hand-written-keys.js";

const EXPOSED =
  "RateLimit-Policy, RateLimit, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After";

/** The headers that Tenon writes, by hand. */
export function limitHeaders(limits: readonly LimitReading[]): Record<string, string> {
  const [first, ...others] = limits;
  if (first === undefined) return {};
  const shown = others.reduce((least, one) => (one.remaining < least.remaining ? one : least), first);
  return {
    "RateLimit-Policy": limits
      .map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`)
      .join(", "),
    RateLimit: limits
      .map(
        ({ name, remaining, msBeforeNext }) => `"${name}";r=${remaining};t=${Math.ceil(msBeforeNext / 1000)}`,
      )
      .join(", "),
    "X-RateLimit-Limit": String(shown.limit),
    "X-RateLimit-Remaining": String(shown.remaining),
    "X-RateLimit-Reset": String(Math.ceil((Date.now() + shown.msBeforeNext) / 1000)),
    "Access-Control-Expose-Headers": EXPOSED,
  };
}
