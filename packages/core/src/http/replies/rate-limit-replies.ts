import { formatLimitHeaders, formatReset, isViolated, policyName } from "../../rate-limit/limit-headers.js";
import type { RateLimitVerdict } from "../../rate-limit/limit-verdict.js";
import type { HttpReply } from "../exchange.js";
import type { ReplyStyle } from "./reply-style.js";

/** The problem type that draft-ietf-httpapi-ratelimit-headers-10 registers for an exceeded quota. */
const QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded";

/** The 429 of a refused call: which limits, and when to come back (RFC 6585 section 4). */
export function rateLimitedReply(
  { limits, retryAfterSeconds }: Pick<RateLimitVerdict, "limits" | "retryAfterSeconds">,
  now: Date,
  { refuse, resetFormat }: ReplyStyle,
): HttpReply {
  const detail =
    retryAfterSeconds === undefined
      ? "This call costs more than its limit ever allows."
      : `Too many requests. ${tryAgainIn(retryAfterSeconds)}`;
  const formatted = formatLimitHeaders({ limits, now, resetFormat });
  const reset = formatted["X-RateLimit-Reset"];
  // The limits were read after the refusal: where units came back in between, none of them says when to come back.
  const headers =
    retryAfterSeconds === undefined ? formatted : { ...formatted, "Retry-After": String(retryAfterSeconds) };
  return refuse("RATE_LIMITED", detail, {
    type: QUOTA_EXCEEDED,
    title: "Request cannot be satisfied as assigned quota has been exceeded",
    headers,
    members: { "violated-policies": limits.filter(isViolated).map(policyName) },
    ...(reset === undefined ? {} : { reset }),
  });
}

/** The 429 of a caller whose address has failed too often. It says nothing about any key. */
export function tooManyFailuresReply(
  retryAfterSeconds: number,
  now: Date,
  { refuse, resetFormat }: ReplyStyle,
): HttpReply {
  const detail = `Too many failed authentications from this address. ${tryAgainIn(retryAfterSeconds)}`;
  return refuse("RATE_LIMITED", detail, {
    headers: {
      "Retry-After": String(retryAfterSeconds),
      "Access-Control-Expose-Headers": "Retry-After",
    },
    reset: formatReset(new Date(now.getTime() + retryAfterSeconds * 1000), resetFormat),
  });
}

function tryAgainIn(seconds: number): string {
  return `Try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
}
