import type { HttpRequestView } from "./exchange.js";

/** The credentials of a request, each once for each place it stands in. */
export interface PresentedCredentials {
  readonly bearer: readonly string[];
  readonly apiKey: readonly string[];
}

/**
 * Reads `Authorization: Bearer` and `X-API-Key`. A header that came several times, whether or not something on the
 * way joined the values with commas, counts several times. Query strings are never read.
 * @see RFC 6750 section 2.1
 */
export function readCredentials(request: HttpRequestView): PresentedCredentials {
  return {
    bearer: splitValues(request, "authorization").flatMap((value) => {
      const token = /^bearer +(.+)$/i.exec(value)?.[1];
      return token === undefined ? [] : [token.trim()];
    }),
    apiKey: splitValues(request, "x-api-key"),
  };
}

function splitValues(request: HttpRequestView, name: string): readonly string[] {
  return request
    .headerValues(name)
    .flatMap((value) => value.split(","))
    .map((value) => value.trim())
    .filter((value) => value !== "");
}
