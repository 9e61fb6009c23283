import { z } from "zod";
import { ConfigError } from "../errors/tenon-error.js";
import { text } from "../input/fields.js";
import { parseConfig, parseInput } from "../input/parse-input.js";
import { addressBucket, type Cidr } from "../network/cidr.js";
import { findClientAddress } from "../network/client-address.js";
import type { Clock } from "../ports/clock.js";
import type { LimitState } from "../rate-limit/describe-limit.js";
import { formatLimitHeaders } from "../rate-limit/limit-headers.js";
import type { RateLimiter } from "../rate-limit/rate-limiter.js";
import { type HttpRequestView, isPreflight } from "./exchange.js";
import { rateLimitedReply } from "./rate-limit-replies.js";
import type { GuardDecision } from "./request-context.js";
import { type RateLimitGuardOptions, rateLimitGuardOptions } from "./schemas.js";

/** Counts a request. `undefined` lets it through uncounted: a CORS preflight, whose refusal no page could read. */
export type RateLimitGuard = (
  request: HttpRequestView,
  /** Whose limit it is, 1 to 256 characters; undefined counts by the client's address. */
  subject: string | undefined,
) => Promise<GuardDecision<readonly LimitState[]> | undefined>;

export interface RateLimitGuardConfig {
  readonly limiter: RateLimiter;
  readonly trustedProxies: readonly Cidr[];
  readonly clock: Clock;
}

/**
 * Makes the guard of a route without a key: it counts by client address (IPv6 by /56), or by the subject given.
 * The guard rejects with `ValidationError` for a subject that cannot be kept.
 * @throws {ConfigError} for limits that break a rule.
 */
export function createRateLimitGuard(
  options: RateLimitGuardOptions,
  { limiter, trustedProxies, clock }: RateLimitGuardConfig,
): RateLimitGuard {
  const { limits, cost } = parseConfig(rateLimitGuardOptions, options);

  return async (request, subject) => {
    if (isPreflight(request)) return undefined;
    const verdict = await limiter.consume({
      subject: subject === undefined ? addressSubject(request, trustedProxies) : customSubject(subject),
      cost,
      limits,
    });
    if (!verdict.allowed) return { ok: false, reply: rateLimitedReply(verdict, clock.now()) };
    return {
      ok: true,
      context: verdict.limits,
      headers: formatLimitHeaders({ limits: verdict.limits, now: clock.now() }),
    };
  };
}

/** A host may build it from what a caller sent: text that some storage cannot keep is the caller's mistake. */
function customSubject(subject: string): string {
  return `custom:${parseInput(z.strictObject({ subject: text(1, 256) }), { subject }).subject}`;
}

function addressSubject(request: HttpRequestView, trustedProxies: readonly Cidr[]): string {
  const address = findClientAddress({
    connectionAddress: request.connectionAddress,
    forwardedFor: request.headerValues("x-forwarded-for").join(","),
    trustedProxies,
  });
  const bucket = address === undefined ? undefined : addressBucket(address);
  if (bucket !== undefined) return `address:${bucket}`;
  // One shared bucket for all unknown clients would let one of them lock out the rest.
  throw new ConfigError([
    {
      pointer: "/subject",
      message: "the client's address is not known here: give `rateLimit` a `subject` function",
    },
  ]);
}
