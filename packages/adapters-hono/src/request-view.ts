import type { HttpRequestView } from "@tenon/core/http";
import type { Context } from "hono";

/** What @hono/node-server puts in a request's environment. Other runtimes don't tell the address this way. */
interface NodeEnvironment {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
}

/** Shows core a request. */
export function viewRequest(c: Context): HttpRequestView {
  const environment: NodeEnvironment | undefined = c.env;
  return {
    // Middlewares may put another Request in the place of `c.req.raw`.
    identity: c,
    method: c.req.method,
    url: c.req.url,
    headerValues: (name) => [c.req.raw.headers.get(name) ?? []].flat(),
    connectionAddress: environment?.incoming?.socket?.remoteAddress,
  };
}
