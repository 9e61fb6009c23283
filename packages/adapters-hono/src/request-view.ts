import type { HttpRequestView, RequestNotes } from "@tenon/core/http";
import type { Context } from "hono";

/** What @hono/node-server puts in a request's environment. Other runtimes don't tell the address this way. */
interface NodeEnvironment {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
}

const NO_VALUES: readonly string[] = [];

/** Shows core a request. */
export function viewRequest(c: Context): HttpRequestView {
  return {
    // Middlewares may put another Request in the place of `c.req.raw`.
    identity: c,
    // Among the context's variables, which may have any name. A property that its class doesn't know made a guarded call
    // a sixth slower.
    notes: c as unknown as RequestNotes,
    method: c.req.method,
    url: () => c.req.url,
    headerValues: (name) => {
      const value = c.req.raw.headers.get(name);
      return value === null ? NO_VALUES : [value];
    },
    connectionAddress: () => (c.env as NodeEnvironment | undefined)?.incoming?.socket?.remoteAddress,
  };
}
