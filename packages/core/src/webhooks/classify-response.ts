import type { HttpFailure, HttpResult } from "../ports/http.js";

/** Why an attempt failed. `gone` (410) also disables the endpoint. */
export type FailureReason =
  | HttpFailure
  | "redirect"
  | "gone"
  | "client_error"
  | "server_error"
  | "unexpected_status";

export type AttemptVerdict =
  | { readonly succeeded: true }
  | {
      readonly succeeded: false;
      readonly failureReason: FailureReason;
      /** Its receiver takes nothing more for now: 429 or 503. */
      readonly isOverloaded?: true;
      /** Milliseconds the receiver asked to wait, from `Retry-After` of a 429 or 503. */
      readonly retryAfterMs?: number;
    };

const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

/** Judges what an attempt came to: 2xx succeeds, everything else fails with its reason. */
export function classifyResponse(result: HttpResult, now: Date): AttemptVerdict {
  if (!result.ok) return { succeeded: false, failureReason: result.failure };
  const { status } = result;
  if (status >= 200 && status < 300) return { succeeded: true };
  const failureReason = reasonOfStatus(status);
  if (status !== 429 && status !== 503) return { succeeded: false, failureReason };
  const retryAfterMs = parseRetryAfterMs(result.headers["retry-after"], now);
  const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { succeeded: false, failureReason, isOverloaded: true, ...asked };
}

/** Reads `Retry-After` as milliseconds from `now`: seconds or an HTTP date, at most a day (RFC 9110 section 10.2.3). */
export function parseRetryAfterMs(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const delayMs = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : httpDateMs(text) - now.getTime();
  if (Number.isNaN(delayMs)) return undefined;
  return Math.min(Math.max(delayMs, 0), LONGEST_RETRY_AFTER_MS);
}

function reasonOfStatus(status: number): FailureReason {
  if (status === 410) return "gone";
  if (status >= 300 && status < 400) return "redirect";
  if (status >= 400 && status < 500) return "client_error";
  if (status >= 500 && status < 600) return "server_error";
  return "unexpected_status";
}

/** All three forms of RFC 9110 section 5.6.7; the oldest one doesn't say that it is in GMT. */
function httpDateMs(text: string): number {
  if (/^[A-Za-z]{3,9}, .*GMT$/.test(text)) return Date.parse(text);
  return /^[A-Za-z]{3} [A-Za-z]{3} [ \d]\d [\d:]{8} \d{4}$/.test(text)
    ? Date.parse(`${text} GMT`)
    : Number.NaN;
}
