import type { HttpFailure } from "../ports/http.js";

const FAILURE_OF_CODE: Readonly<Record<string, HttpFailure>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  ECONNREFUSED: "connect",
  ECONNRESET: "connect",
  EHOSTUNREACH: "connect",
  ENETUNREACH: "connect",
  EADDRNOTAVAIL: "connect",
  EPIPE: "connect",
  ETIMEDOUT: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  EPROTO: "tls",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls",
};
const TLS_CODE = /^(?:ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_|UNABLE_TO_)/;
const DEEPEST_CAUSE = 5;

/** Sorts what fetch threw. The message holds the system's code alone: a URL may carry credentials. */
export function classifyFetchError(error: unknown): {
  readonly failure: HttpFailure;
  readonly message: string;
} {
  const code = findCode(error);
  if (code === undefined) return { failure: "protocol", message: "The exchange broke off." };
  const failure = FAILURE_OF_CODE[code] ?? (TLS_CODE.test(code) ? "tls" : "protocol");
  return { failure, message: `The request failed: ${code}.` };
}

function findCode(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < DEEPEST_CAUSE && current instanceof Error; depth++) {
    const { code } = current as { readonly code?: unknown };
    if (typeof code === "string") return code;
    current = current.cause;
  }
  return undefined;
}
