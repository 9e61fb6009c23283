import type { HttpReply, HttpRequestView } from "../exchange.js";
import { headerValue, isPreflight } from "../exchange.js";

/** Which pages of other origins may call the API from a browser. */
export interface CorsOptions {
  /** Origins such as `https://portal.example.com`, or `*` for all, which then send no cookies. */
  readonly origins: readonly string[] | "*";
  /** Whether browsers send cookies along; not with `*`. Default false. */
  readonly credentials?: boolean | undefined;
}

export interface Cors {
  /** The reply to a preflight; undefined where the request is none. */
  preflight(request: HttpRequestView, allow: readonly string[]): HttpReply | undefined;
  /** What every reply to a page carries. */
  headers(request: HttpRequestView): Readonly<Record<string, string>>;
}

const REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, X-API-Key, X-Request-Id";
const REPLY_HEADERS = "ETag, Idempotent-Replayed, Link, Location, Retry-After, X-Request-Id";
const PREFLIGHT_SECONDS = 600;

/** Answers browsers as the Fetch standard asks (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export function createCors({ origins, credentials = false }: CorsOptions): Cors {
  const allowed = (origin: string) => (origins === "*" ? "*" : origins.includes(origin) ? origin : undefined);

  function originHeaders(request: HttpRequestView): Readonly<Record<string, string>> | undefined {
    const origin = headerValue(request, "origin");
    const allow = origin === undefined ? undefined : allowed(origin);
    if (allow === undefined) return undefined;
    return {
      "Access-Control-Allow-Origin": allow,
      ...(credentials ? { "Access-Control-Allow-Credentials": "true" } : {}),
    };
  }
  const vary: Readonly<Record<string, string>> = origins === "*" ? {} : { Vary: "Origin" };

  return {
    preflight(request, allow) {
      if (!isPreflight(request)) return undefined;
      const origin = originHeaders(request);
      const answer = {
        "Access-Control-Allow-Methods": allow.join(", "),
        "Access-Control-Allow-Headers": REQUEST_HEADERS,
        "Access-Control-Max-Age": String(PREFLIGHT_SECONDS),
      };
      return { status: 204, headers: { ...vary, ...(origin === undefined ? {} : { ...origin, ...answer }) } };
    },
    headers: (request) => ({
      ...vary,
      ...originHeaders(request),
      "Access-Control-Expose-Headers": REPLY_HEADERS,
    }),
  };
}
