import type { HttpRequest } from "@tenon/core/ports";

/** Names the connection, the framing and the certificate to expect: they follow from the URL and the body alone. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const REFUSED_METHODS: ReadonlySet<string> = new Set(["CONNECT", "TRACE"]);
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Refuses requests that only a mistake in the program makes.
 * @throws {TypeError} naming the field; never a header's value.
 */
export function assertRequest({ method, headers, timeoutMs, maxResponseBytes }: HttpRequest): void {
  if (REFUSED_METHODS.has(method.toUpperCase()))
    throw new TypeError(`method ${method.toUpperCase()} is not supported`);
  for (const name of Object.keys(headers)) {
    if (OWN_HEADERS.has(name.toLowerCase()))
      throw new TypeError(`header ${name.toLowerCase()} is set by the transport`);
  }
  if (!(timeoutMs > 0 && timeoutMs <= LONGEST_TIMER_MS)) {
    throw new TypeError(`timeoutMs must be above 0 and at most ${LONGEST_TIMER_MS}`);
  }
  if (!Number.isSafeInteger(maxResponseBytes) || maxResponseBytes < 0) {
    throw new TypeError("maxResponseBytes must be a whole number, 0 or more");
  }
}
