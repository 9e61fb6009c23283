import { formatLimitHeaders, isViolated, policyName } from "../rate-limit/limit-headers.js";
import type { RateLimitVerdict } from "../rate-limit/rate-limiter.js";
import type { HttpReply } from "./exchange.js";
import { problemReply } from "./problem.js";

/** The problem type that draft-ietf-httpapi-ratelimit-headers-10 registers for an exceeded quota. */
const QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded";

/** The 429 of a refused call: which limits, and when to come back (RFC 6585 section 4). */
export function rateLimitedReply(
  { limits, retryAfterSeconds }: Pick<RateLimitVerdict, "limits" | "retryAfterSeconds">,
  now: Date,
): HttpReply {
  const detail =
    retryAfterSeconds === undefined
      ? "This call costs more than its limit ever allows."
      : `Too many requests. Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? "second" : "seconds"}.`;
  return problemReply("RATE_LIMITED", detail, {
    type: QUOTA_EXCEEDED,
    title: "Request cannot be satisfied as assigned quota has been exceeded",
    headers: formatLimitHeaders({ limits, now }),
    members: { "violated-policies": limits.filter(isViolated).map(policyName) },
  });
}
