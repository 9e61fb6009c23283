import type { LimitState } from "./describe-limit.js";

/** A limit's state together with whose it is, such as `tenant`, where one call counts against several subjects. */
export interface PartitionedLimitState extends LimitState {
  /** Put before the limit's name, so that names stay unique: `tenant-hour`. Absent: the name alone. */
  readonly partition?: string;
}

/** How `X-RateLimit-Reset` is written: epoch seconds, or ISO 8601 without milliseconds. */
export type ResetFormat = "epoch-seconds" | "iso-8601";

/** Every header that `formatLimitHeaders` may write, for `Access-Control-Expose-Headers`. */
export const RATE_LIMIT_HEADERS: readonly string[] = [
  "RateLimit-Policy",
  "RateLimit",
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
  "Retry-After",
];

const EXPOSED_HEADERS = RATE_LIMIT_HEADERS.join(", ");

/**
 * Writes the reply headers of a limited call; nothing for a call without limits.
 * `RateLimit-Policy` and `RateLimit` list every limit. `X-RateLimit-*` show the violated limit with the latest retry,
 * else the one with the least remaining. `Retry-After` is there when the call was refused and can ever be accepted.
 * `Access-Control-Expose-Headers` names them all: join it with the host's own.
 * @param options.limits one per limit, described with the refused call's cost (0 for an accepted call).
 * @param options.resetFormat default `epoch-seconds`.
 * @see draft-ietf-httpapi-ratelimit-headers-10, RFC 9651 (structured fields), RFC 9110 section 10.2.3
 */
export function formatLimitHeaders(options: {
  readonly limits: readonly PartitionedLimitState[];
  readonly now: Date;
  readonly resetFormat?: ResetFormat;
}): Readonly<Record<string, string>> {
  const { limits, now, resetFormat = "epoch-seconds" } = options;
  const shown = chooseShownLimit(limits);
  if (shown === undefined) return {};
  const nowMs = now.getTime();
  let policies = "";
  let states = "";
  for (const state of limits) {
    const separator = policies === "" ? "" : ", ";
    policies += separator + formatPolicy(state);
    states += separator + formatState(state, nowMs);
  }
  const headers = {
    "RateLimit-Policy": policies,
    RateLimit: states,
    "X-RateLimit-Limit": String(shown.limit),
    "X-RateLimit-Remaining": String(shown.remaining),
    "X-RateLimit-Reset": formatReset(shown.resetAt, resetFormat),
    "Access-Control-Expose-Headers": EXPOSED_HEADERS,
  };
  const retrySeconds = latestRetry(limits);
  return retrySeconds > 0 && Number.isFinite(retrySeconds)
    ? { "Retry-After": String(retrySeconds), ...headers }
    : headers;
}

/** Whole seconds; 0 where no limit refused the call, infinity where one of them always will. */
function latestRetry(limits: readonly LimitState[]): number {
  let latest = 0;
  for (const { retryAfterSeconds = Number.POSITIVE_INFINITY } of limits)
    latest = Math.max(latest, retryAfterSeconds);
  return latest;
}

/** The name a limit has in the reply: `hour`, or `tenant-hour` with a partition. */
export function policyName({ name, partition }: PartitionedLimitState): string {
  return partition === undefined ? name : `${partition}-${name}`;
}

/** Whether this limit refused the call it was described with. */
export function isViolated({ retryAfterSeconds }: LimitState): boolean {
  return retryAfterSeconds !== 0;
}

function formatPolicy(state: PartitionedLimitState): string {
  return `"${policyName(state)}";q=${state.limit};w=${state.windowSeconds}`;
}

function formatState(state: PartitionedLimitState, nowMs: number): string {
  const resetSeconds = Math.max(Math.ceil((state.resetAt.getTime() - nowMs) / 1000), 0);
  return `"${policyName(state)}";r=${state.remaining};t=${resetSeconds}`;
}

/** An instant as `X-RateLimit-Reset` says it, rounded up to the second. */
export function formatReset(resetAt: Date, format: ResetFormat): string {
  const seconds = Math.ceil(resetAt.getTime() / 1000);
  if (format === "epoch-seconds") return String(seconds);
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

function chooseShownLimit(limits: readonly PartitionedLimitState[]): PartitionedLimitState | undefined {
  let shown: PartitionedLimitState | undefined;
  for (const state of limits) if (shown === undefined || isMoreUrgent(state, shown)) shown = state;
  return shown;
}

function isMoreUrgent(state: LimitState, shown: LimitState): boolean {
  if (!isViolated(state) && !isViolated(shown)) return state.remaining < shown.remaining;
  return (
    (state.retryAfterSeconds ?? Number.POSITIVE_INFINITY) >
    (shown.retryAfterSeconds ?? Number.POSITIVE_INFINITY)
  );
}
