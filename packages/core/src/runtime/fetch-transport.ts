import { createFetch, type FetchOptions } from "ofetch";
import type { HttpRequest, HttpResult, HttpTransport, UrlCheck } from "../ports/http.js";
import { classifyFetchError } from "./fetch-failure.js";
import { readCapped } from "./read-capped.js";

/**
 * Makes an HTTP port on fetch, for URLs the host itself chose, such as a provider's token endpoint.
 * It is not guarded: it connects wherever a name leads, private networks included, so partners' URLs must go through
 * a guarded transport. Redirects are not followed, and nothing is tried twice.
 * @param options.fetch default: the runtime's own.
 */
export function createFetchTransport(options: { readonly fetch?: typeof fetch } = {}): HttpTransport {
  // Looked up at each request, so that a fetch replaced later (by tracing, by a test) is the one used.
  const send: typeof fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const ofetch = createFetch({ fetch: send });
  const open = new Set<() => void>();

  return {
    check: checkUrl,

    async request(request) {
      const verdict = checkUrl(request.url);
      if (!verdict.ok) return { ok: false, failure: "blocked", message: verdict.reason };
      const controller = new AbortController();
      let stoppedBy: "timeout" | "aborted" | undefined;
      const stop = (cause: "timeout" | "aborted") => {
        stoppedBy ??= cause;
        controller.abort();
      };
      const abort = () => stop("aborted");
      const timer = setTimeout(() => stop("timeout"), request.timeoutMs);
      if (request.signal?.aborted) abort();
      request.signal?.addEventListener("abort", abort, { once: true });
      open.add(abort);
      try {
        const response = await ofetch.raw<unknown, "stream">(
          request.url,
          toFetchOptions(request, controller.signal),
        );
        return await toResult(response, request.maxResponseBytes);
      } catch (error) {
        if (stoppedBy === "timeout")
          return { ok: false, failure: "timeout", message: "The time limit ran out." };
        if (stoppedBy === "aborted")
          return { ok: false, failure: "aborted", message: "The request was aborted." };
        return { ok: false, ...classifyFetchError(error) };
      } finally {
        clearTimeout(timer);
        request.signal?.removeEventListener("abort", abort);
        open.delete(abort);
      }
    },

    async close() {
      for (const abort of open) abort();
    },
  };
}

function checkUrl(url: string): UrlCheck {
  if (!URL.canParse(url)) return { ok: false, reason: "The text is not an absolute URL." };
  const { protocol, username, password } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:")
    return { ok: false, reason: "The URL is neither https nor http." };
  if (username !== "" || password !== "") return { ok: false, reason: "The URL holds credentials." };
  return { ok: true };
}

function toFetchOptions({ method, headers, body }: HttpRequest, signal: AbortSignal): FetchOptions<"stream"> {
  return {
    method,
    headers: { ...headers },
    // As bytes: ofetch would take a text for JSON and add headers nobody asked for.
    ...(body === undefined ? {} : { body: typeof body === "string" ? new TextEncoder().encode(body) : body }),
    signal,
    redirect: "manual",
    responseType: "stream",
    ignoreResponseError: true,
    retry: false,
  };
}

async function toResult(response: Response, maxResponseBytes: number): Promise<HttpResult> {
  const { body, truncated } = await readCapped(response.body, maxResponseBytes);
  const headers = new Map<string, string>();
  for (const [name, value] of response.headers) {
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { ok: true, status: response.status, headers: Object.fromEntries(headers), body, truncated };
}
