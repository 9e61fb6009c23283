import { ERROR_STATUS, type ErrorCode } from "../../errors/codes.js";
import type { HttpReply } from "../exchange.js";

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

export interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** A URI that names the kind of problem; default `about:blank`: the status says it all. */
  readonly type?: string;
  readonly title?: string;
  /** Further members of the problem object. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** An error reply as problem details: `type`, `title`, `status`, `detail` and our `code` (RFC 9457). */
export function problemReply(code: ErrorCode, detail: string, options: ProblemOptions = {}): HttpReply {
  const status = ERROR_STATUS[code];
  return {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...options.headers },
    body: JSON.stringify({
      type: options.type ?? "about:blank",
      title: options.title ?? TITLES[status] ?? "Error",
      status,
      detail,
      code,
      ...options.members,
    }),
  };
}
