/** Why a request got no response. `blocked`: the address or URL is not allowed, and nothing was sent. */
export type HttpFailure = "blocked" | "dns" | "connect" | "tls" | "timeout" | "aborted" | "protocol";

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Covers name resolution, connecting, headers and body together. */
  readonly timeoutMs: number;
  /** The response body is cut here, while it is read; what counts are the bytes after inflation. */
  readonly maxResponseBytes: number;
  readonly signal?: AbortSignal;
}

export type HttpResult =
  | {
      readonly ok: true;
      readonly status: number;
      /** Lowercase names; repeated headers joined with ", ". */
      readonly headers: Readonly<Record<string, string>>;
      /**
       * Inflated where `content-encoding` is gzip, deflate or br; in any other coding as it came. The headers are
       * those on the wire all the same. One that isn't what its coding says is a `protocol` failure.
       */
      readonly body: Uint8Array;
      /** True when the body was longer than `maxResponseBytes`. */
      readonly truncated: boolean;
    }
  | {
      readonly ok: false;
      readonly failure: HttpFailure;
      /** What went wrong, for tenants to read: no secrets, and nothing of the host's network. */
      readonly message: string;
    };

export type UrlCheck = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Sends requests to URLs that partners chose. Redirects are never followed: a 3xx is the response. */
export interface HttpTransport {
  /** Judges a URL by its text alone: no I/O. A URL that passes can still be refused once its name is resolved. */
  check(url: string): UrlCheck;
  /** Sends one request. Expected failures are values; it rejects only on a programming error. */
  request(request: HttpRequest): Promise<HttpResult>;
  /** Closes kept-alive connections. Requests in flight end as `aborted`. */
  close?(): Promise<void>;
}
