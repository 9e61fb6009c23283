import { ERROR_STATUS, type ErrorCode } from "../../../errors/codes.js";
import type { HttpReply } from "../../exchange.js";
import { problemReply } from "../../replies/problem.js";
import type { Refusal, RenderedRefusal } from "../../replies/refusal.js";

/** One field of a request that is wrong. */
export type FieldError =
  | {
      readonly in: "body";
      /** A JSON pointer into the body (RFC 6901). */
      readonly pointer: string;
      readonly message: string;
    }
  | { readonly in: "query" | "path"; readonly parameter: string; readonly message: string };

/** One sentence for all of them, for readers of `detail` alone. */
export function describeErrors(errors: readonly FieldError[]): string {
  const places = errors.map((error) => {
    const place = error.in === "body" ? error.pointer || "the body" : `${error.in} ${error.parameter}`;
    return `${place} ${error.message}`;
  });
  return `Invalid request: ${places.join("; ")}`;
}

/** Why the management API turned a request away. */
export interface ManagementRefusal extends Refusal {
  /** Every field that is wrong, with `VALIDATION_FAILED`; otherwise empty. */
  readonly errors: readonly FieldError[];
}

/** Writes the body of a refusal the way a host's API always has. */
export type RenderManagementRefusal = (refusal: ManagementRefusal) => RenderedRefusal;

export interface ManagementRefusalOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly FieldError[];
}

export type RefuseManagement = (
  code: ErrorCode,
  detail: string,
  options?: ManagementRefusalOptions,
) => HttpReply;

/** Makes the function that writes refusals: by the host's renderer, or as problem details (RFC 9457). */
export function createManagementRefuse(render: RenderManagementRefusal | undefined): RefuseManagement {
  return (code, detail, { headers = {}, errors = [] } = {}) => {
    if (render === undefined) {
      return problemReply(code, detail, { headers, members: errors.length === 0 ? {} : { errors } });
    }
    const status = ERROR_STATUS[code];
    const retryAfter = headers["Retry-After"];
    const retryAfterSeconds = retryAfter === undefined ? undefined : Number(retryAfter);
    const rendered = render({ status, code, detail, reset: undefined, retryAfterSeconds, errors });
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
