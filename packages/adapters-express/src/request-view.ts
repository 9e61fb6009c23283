import type { IncomingMessage } from "node:http";
import type { HttpRequestView } from "@tenon/core/http";

/** Shows core a request. */
export function viewRequest(req: IncomingMessage): HttpRequestView {
  return {
    identity: req,
    method: req.method ?? "GET",
    // Express cuts the mount path off `url`; what matters here is the query, which it leaves.
    url: req.url ?? "",
    // `headers` drops a second Authorization; hosts that replay requests fill in nothing but `headers`.
    headerValues: (name) => req.headersDistinct[name] ?? [req.headers[name] ?? []].flat(),
    connectionAddress: req.socket?.remoteAddress,
  };
}
