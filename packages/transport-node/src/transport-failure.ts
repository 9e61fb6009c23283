import type { HttpFailure, HttpResult } from "@tenon/core/ports";

/** Carries a failure of opening a connection through the client library. The message is safe to store and show. */
export class TransportFailure extends Error {
  override readonly name = "TransportFailure";
  readonly failure: HttpFailure;

  constructor(failure: HttpFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

export type FailedResult = Extract<HttpResult, { readonly ok: false }>;

/** A failure as a value. */
export function failed(failure: HttpFailure, message: string): FailedResult {
  return { ok: false, failure, message };
}

/**
 * Names what went wrong on the wire. A connection that breaks before the response's headers are complete is `connect`:
 * the receiver went away. One that breaks later is `protocol`, like any other response that isn't valid HTTP.
 */
export function failureOf(
  error: Error,
  { responseBegan }: { readonly responseBegan: boolean },
): FailedResult {
  if (error instanceof TransportFailure) return failed(error.failure, error.message);
  const code = codeOf(error);
  if (code === "UND_ERR_DESTROYED" || code === "UND_ERR_CLOSED")
    return failed("aborted", "the transport was closed");
  if (code === "UND_ERR_HEADERS_OVERFLOW") return failed("protocol", "the response headers are too large");
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") {
    return failed("protocol", "the response body is not as long as its content-length says");
  }
  if (responseBegan) return failed("protocol", "the connection closed or broke off inside the response");
  // "bad response" and "bad upgrade": an answer nobody asked for, such as 101.
  if (error.name === "HTTPParserError" || error.message.startsWith("bad ")) {
    return failed("protocol", "the response is not valid HTTP/1.1");
  }
  return failed("connect", "the connection was closed before a response came");
}

/** The client library's word for a request that should never have been made, such as a line break in a header. */
export function isMisuse(error: Error): boolean {
  return ["UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"].includes(
    codeOf(error),
  );
}

/** The error's code, or an empty text. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
