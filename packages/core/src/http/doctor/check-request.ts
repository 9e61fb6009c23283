import { LATER_PROXY_LOOK_EVERY, PROXY_LOOKS } from "../defaults.js";
import type { HttpRequestView } from "../exchange.js";
import type { Doctor } from "./doctor.js";

const PROXY_HEADERS = ["x-forwarded-for", "forwarded"] as const;

/** Looks at a request for mistakes that show in it. */
export function createRequestCheck(options: {
  readonly doctor: Doctor;
  readonly hasTrustedProxies: boolean;
  /** Whether a text is, by its looks, one of our keys. */
  readonly isKey: (text: string) => boolean;
}): (request: HttpRequestView) => void {
  const { doctor, hasTrustedProxies, isKey } = options;
  let requestCount = 0;
  return (request) => {
    requestCount += 1;
    const isSample = requestCount <= PROXY_LOOKS || requestCount % LATER_PROXY_LOOK_EVERY === 0;
    if (isSample && !hasTrustedProxies && doctor.isWatching("proxy-header-without-trusted-proxies")) {
      if (comesThroughProxy(request)) doctor.warn("proxy-header-without-trusted-proxies");
    }
    if (doctor.isWatching("key-in-query-string") && hasKeyInQuery(request.url, isKey)) {
      doctor.warn("key-in-query-string");
    }
  };
}

/** Where the runtime tells no address, naming proxies would not help. */
function comesThroughProxy(request: HttpRequestView): boolean {
  if (request.connectionAddress() === undefined) return false;
  return PROXY_HEADERS.some((name) => request.headerValues(name).length > 0);
}

function hasKeyInQuery(url: string, isKey: (text: string) => boolean): boolean {
  const queryAt = url.indexOf("?");
  if (queryAt < 0) return false;
  for (const value of new URLSearchParams(url.slice(queryAt)).values()) if (isKey(value)) return true;
  return false;
}
