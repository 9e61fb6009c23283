import type { IncomingMessage } from "node:http";
import type { RequestContext } from "@tenon/core/http";

/** Who calls, where that may be nobody of ours: behind `requireApiKey` with `foreignBearer: "pass"`, and on preflights. */
export function findCaller(req: IncomingMessage): RequestContext | undefined {
  return (req as { readonly tenon?: RequestContext }).tenon;
}
