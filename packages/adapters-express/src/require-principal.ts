import type { Tenon } from "@tenon/core";
import { createPrincipalGuard, type Principal, type PrincipalGuardOptions } from "@tenon/core/http";
import type { Request } from "express";
import { createMiddleware, type Middleware } from "./middleware.js";
import { writeReply } from "./reply.js";
import { viewRequest } from "./request-view.js";

declare global {
  namespace Express {
    interface Request {
      /**
       * Who calls: set by `requirePrincipal`, and only there. On a route without it, and on a CORS preflight (which
       * `app.use` and `app.all` see too), it is undefined, whatever this type says.
       */
      principal: Principal;
    }
  }
}

export type RequirePrincipalOptions = PrincipalGuardOptions<Request>;

/**
 * Lets a request through when `principal` knows who calls, with the permission the route needs, and sets
 * `req.principal`: for routes of your own beside the management API. Answers 401 or 403 itself, as problem details or as
 * the kit's `http.renderRefusal` has it. A CORS preflight passes unjudged. What `principal` throws goes to the host's
 * error handler.
 * @throws {ConfigError} for options that break a rule.
 * @example
 * app.get("/endpoints", requirePrincipal(tenon, { principal, permission: "webhooks:read" }), async (req, res) => {
 *   res.json(await tenon.endpoints.list({ tenantId: req.principal.tenantId }));
 * });
 * @see RFC 9110 section 15.5.2, RFC 9457
 */
export function requirePrincipal(tenon: Pick<Tenon, "http">, options: RequirePrincipalOptions): Middleware {
  const guard = createPrincipalGuard(tenon, options);
  return createMiddleware(async function requirePrincipal(req, res) {
    const decision = await guard(req, viewRequest(req));
    if (decision === undefined) return true;
    if (!decision.ok) {
      writeReply(res, decision.reply);
      return false;
    }
    req.principal = decision.context;
    return true;
  });
}
