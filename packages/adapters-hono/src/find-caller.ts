import type { RequestContext } from "@tenon/core/http";
import type { Context } from "hono";

/** Who calls, where that may be nobody of ours: behind `requireApiKey` with `foreignBearer: "pass"`, and on preflights. */
export function findCaller(c: Context): RequestContext | undefined {
  return c.get("tenon");
}
