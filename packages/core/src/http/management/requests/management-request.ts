import type { HttpRequestView } from "../../exchange.js";

/** A body as an adapter could get it. Bytes of length 0 are no body. */
export type ManagementBody =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** A parser of the host's read it before. */
  | { readonly kind: "parsed"; readonly value: unknown }
  | { readonly kind: "too_large" }
  /** Something read it before and kept nothing. */
  | { readonly kind: "consumed" };

/** A request as an adapter shows it. */
export interface ManagementRequest<HostRequest> {
  /** The framework's own request, which the host's `principal` gets. */
  readonly context: HostRequest;
  readonly view: HttpRequestView;
  /** Where the API is mounted, such as `/integrations`; empty at the root. */
  readonly basePath: string;
  /** The path below it, without the query, undecoded. */
  readonly path: string;
  /** Reads the body, called at most once, and only for routes that take one. */
  readBody(maxBytes: number): Promise<ManagementBody>;
}
