import type { IncomingMessage } from "node:http";
import type { HttpRequestView } from "@tenon/core/http";

/** Shows core a request. */
export function viewRequest(req: IncomingMessage): HttpRequestView {
  return {
    method: req.method ?? "GET",
    // `headers` drops a second Authorization; hosts that replay requests fill in nothing but `headers`.
    headerValues: (name) => req.headersDistinct[name] ?? [req.headers[name] ?? []].flat(),
    connectionAddress: req.socket?.remoteAddress,
  };
}
