import { z } from "zod";
import { ConfigError, isTenonError } from "../errors/tenon-error.js";
import { text } from "../input/fields.js";
import { parseConfig, parseInput } from "../input/parse-input.js";
import { addressBucket } from "../network/cidr.js";
import type { Clock } from "../ports/clock.js";
import { planCharges } from "../rate-limit/charge-plan.js";
import type { LimitState } from "../rate-limit/describe-limit.js";
import type { RateLimit } from "../rate-limit/limit.js";
import { formatLimitHeaders } from "../rate-limit/limit-headers.js";
import type { RateLimitVerdict, SubjectCharge } from "../rate-limit/limit-verdict.js";
import type { RateLimiter } from "../rate-limit/rate-limiter.js";
import { type HttpRequestView, isPreflight } from "./exchange.js";
import { storageOutReply } from "./replies/api-key-replies.js";
import { rateLimitedReply } from "./replies/rate-limit-replies.js";
import type { ReplyStyle } from "./replies/reply-style.js";
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
  readonly addressOf: (request: HttpRequestView) => string | undefined;
  /** Told of every charge, with the request it is for. */
  readonly watchCharge: (
    requestIdentity: object,
    charge: { readonly subject: string; readonly limits: readonly RateLimit[] },
  ) => void;
  readonly style: ReplyStyle;
  readonly clock: Clock;
}

/**
 * Makes the guard of a route without a key: it counts by client address (IPv6 by /56), or by the subject given.
 * The guard rejects with `ValidationError` for a subject that cannot be kept.
 * @throws {ConfigError} for limits that break a rule.
 */
export function createRateLimitGuard(
  options: RateLimitGuardOptions,
  { limiter, addressOf, watchCharge, style, clock }: RateLimitGuardConfig,
): RateLimitGuard {
  const { limits, cost } = parseConfig(rateLimitGuardOptions, options);

  async function count(charges: readonly SubjectCharge[]): Promise<RateLimitVerdict | undefined> {
    try {
      return await limiter.consume(planCharges(charges));
    } catch (error) {
      if (!isTenonError(error) || error.code !== "STORAGE_UNAVAILABLE") throw error;
      return undefined;
    }
  }

  return async (request, givenSubject) => {
    if (isPreflight(request)) return undefined;
    const subject =
      givenSubject === undefined ? addressSubject(addressOf(request)) : customSubject(givenSubject);
    if (cost > 0) watchCharge(request.identity, { subject, limits });
    const verdict = await count([{ subject, cost, limits }]);
    // A limit that is `closed` without its store; the limiter has logged why.
    if (verdict === undefined) return { ok: false, reply: storageOutReply(style) };
    if (!verdict.allowed) return { ok: false, reply: rateLimitedReply(verdict, clock.now(), style) };
    return {
      ok: true,
      context: verdict.limits,
      headers: formatLimitHeaders({
        limits: verdict.limits,
        now: clock.now(),
        resetFormat: style.resetFormat,
      }),
    };
  };
}

/** A host may build it from what a caller sent: text that some storage cannot keep is the caller's mistake. */
function customSubject(subject: string): string {
  return `custom:${parseInput(z.strictObject({ subject: text(1, 256) }), { subject }).subject}`;
}

function addressSubject(address: string | undefined): string {
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
