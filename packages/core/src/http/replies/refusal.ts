import { ERROR_STATUS, type ErrorCode } from "../../errors/codes.js";
import type { HttpReply } from "../exchange.js";
import { type ProblemOptions, problemReply } from "./problem.js";

/** Why a guard turned a request away: what a host's own renderer has to work with. */
export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  /** A sentence for the caller's developer. */
  readonly detail: string;
  /** When to come back, to the letter as `X-RateLimit-Reset` says it; only on a 429. */
  readonly reset: string | undefined;
  /** Whole seconds, as in `Retry-After`; undefined where waiting doesn't help. */
  readonly retryAfterSeconds: number | undefined;
}

/** The body of a refusal, and what its headers say beside or instead of ours. The status stays. */
export interface RenderedRefusal {
  /** A text is sent as it is, an object as compact JSON in the order of its members. */
  readonly body: string | Readonly<Record<string, unknown>>;
  /** Default `content-type: application/json`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Writes refusals the way a host's API always has. What it throws goes to the host's error handler. */
export type RenderRefusal = (refusal: Refusal) => RenderedRefusal;

export interface RefusalOptions extends ProblemOptions {
  readonly reset?: string;
}

/** Makes the reply of a refusal. */
export type Refuse = (code: ErrorCode, detail: string, options?: RefusalOptions) => HttpReply;

/** Makes the function that writes refusals: by the host's renderer, or as problem details (RFC 9457). */
export function createRefuse(render: RenderRefusal | undefined): Refuse {
  if (render === undefined) return problemReply;
  return (code, detail, { headers = {}, reset } = {}) => {
    const status = ERROR_STATUS[code];
    const retryAfter = headers["Retry-After"];
    const retryAfterSeconds = retryAfter === undefined ? undefined : Number(retryAfter);
    const rendered = render({ status, code, detail, reset, retryAfterSeconds });
    return {
      status,
      headers: {
        "content-type": "application/json",
        "cache-control": "no-store",
        ...headers,
        ...rendered.headers,
      },
      body: typeof rendered.body === "string" ? rendered.body : JSON.stringify(rendered.body),
    };
  };
}
