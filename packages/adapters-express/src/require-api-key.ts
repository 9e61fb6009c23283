import type { ServerResponse } from "node:http";
import type { Tenon } from "@tenon/core";
import type { ApiKeyGuardOptions, GuardDecision, RequestContext } from "@tenon/core/http";
import type { Request } from "express";
import { createMiddleware, type Middleware } from "./middleware.js";
import { addHeaders, writeReply } from "./reply.js";
import { viewRequest } from "./request-view.js";

declare global {
  namespace Express {
    interface Request {
      /**
       * Who calls: set by `requireApiKey`, and only there. On a route without it, on a CORS preflight (which `app.use`
       * and `app.all` see too) and for a token that `foreignBearer: "pass"` lets through, it is undefined, whatever
       * this type says: `findCaller` is for those.
       */
      tenon: RequestContext;
    }
  }
}

export type RequireApiKeyOptions = ApiKeyGuardOptions;

/**
 * Lets a request through when it carries a valid API key with the scopes the route needs, within its limits, and sets
 * `req.tenon`. Answers 400, 401, 403, 429 or 503 itself, as problem details or as the kit's `http.renderRefusal` has it.
 * A CORS preflight passes unjudged.
 * The key comes as `Authorization: Bearer <key>` or `X-API-Key: <key>`, or where the kit's `http.credentials` says;
 * query strings are never read. Used twice on one request, it looks the key up once and charges each limit once.
 * @throws {ConfigError} for a scope that isn't in the registry, or limits that break a rule or share a name.
 * @example
 * app.get("/posts", requireApiKey(tenon, { scopes: ["posts:read"] }), (req, res) => {
 *   res.json(listPosts(req.tenon.tenantId));
 * });
 * @see RFC 6750 section 3, RFC 9457
 */
export function requireApiKey(tenon: Pick<Tenon, "http">, options: RequireApiKeyOptions = {}): Middleware {
  const guard = tenon.http.apiKeyGuard(options);
  return createMiddleware(function requireApiKey(req, res) {
    const answer = guard(viewRequest(req));
    // A warm call is judged at once, and the next handler needn't wait for the turn after.
    if (answer === undefined || "ok" in answer) return follow(req, res, answer);
    return answer.then((decision) => follow(req, res, decision));
  });
}

function follow(
  req: Request,
  res: ServerResponse,
  decision: GuardDecision<RequestContext> | undefined,
): boolean {
  if (decision === undefined) return true;
  if (!decision.ok) {
    writeReply(res, decision.reply);
    return false;
  }
  req.tenon = decision.context;
  addHeaders(res, decision.headers);
  return true;
}
