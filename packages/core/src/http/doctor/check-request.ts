import { FIRST_LOOKS, LATER_LOOK_EVERY } from "../defaults.js";
import type { HttpRequestView } from "../exchange.js";
import type { Doctor } from "./doctor.js";

const PROXY_HEADERS = ["x-forwarded-for", "forwarded"] as const;

/** Looks for mistakes that show in requests. */
export interface RequestCheck {
  /** Looks at each of the first requests, and at a sample of the rest. */
  look(request: HttpRequestView): void;
  /** Looks for a key where none is read, in a request that brought none where they are. */
  lookForKey(request: HttpRequestView): void;
}

export function createRequestCheck(options: {
  readonly doctor: Doctor;
  readonly hasTrustedProxies: boolean;
  /** Whether a text is, by its looks, one of our keys. */
  readonly isKey: (text: string) => boolean;
}): RequestCheck {
  const { doctor, hasTrustedProxies, isKey } = options;
  let requestCount = 0;

  function lookForKey(request: HttpRequestView): void {
    if (doctor.isWatching("key-in-query-string") && hasKeyInQuery(request.url(), isKey))
      doctor.warn("key-in-query-string");
  }

  return {
    look(request) {
      requestCount += 1;
      if (requestCount > FIRST_LOOKS && requestCount % LATER_LOOK_EVERY !== 0) return;
      if (!hasTrustedProxies && doctor.isWatching("proxy-header-without-trusted-proxies")) {
        if (comesThroughProxy(request)) doctor.warn("proxy-header-without-trusted-proxies");
      }
      lookForKey(request);
    },
    lookForKey,
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
