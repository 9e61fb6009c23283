import type { Tenon } from "@tenon/core";
import { createPrincipalGuard, type Principal, type PrincipalGuardOptions } from "@tenon/core/http";
import type { Context, MiddlewareHandler } from "hono";
import { toResponse } from "./reply.js";
import { viewRequest } from "./request-view.js";

export type RequirePrincipalOptions = PrincipalGuardOptions<Context>;

/**
 * Lets a request through when `principal` knows who calls, with the permission the route needs, and sets
 * `c.get("principal")`: for routes of your own beside the management API. Answers 401 or 403 itself, as problem details
 * or as the kit's `http.renderRefusal` has it. A CORS preflight passes unjudged: on routes for every method,
 * `c.get("principal")` is undefined then, whatever its type says. What `principal` throws goes to the host's
 * `app.onError`.
 * @throws {ConfigError} for options that break a rule.
 * @example
 * app.get("/endpoints", requirePrincipal(tenon, { principal, permission: "webhooks:read" }), async (c) =>
 *   c.json(await tenon.endpoints.list({ tenantId: c.get("principal").tenantId })),
 * );
 * @see RFC 9110 section 15.5.2, RFC 9457
 */
export function requirePrincipal(
  tenon: Pick<Tenon, "http">,
  options: RequirePrincipalOptions,
): MiddlewareHandler<{ Variables: { principal: Principal } }> {
  const guard = createPrincipalGuard(tenon, options);
  return async function requirePrincipal(c, next) {
    const decision = await guard(c, viewRequest(c));
    if (decision === undefined) return next();
    if (!decision.ok) return toResponse(c, decision.reply);
    c.set("principal", decision.context);
    await next();
  };
}
