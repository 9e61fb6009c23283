import { createManagementApi, type ManagementApiOptions, type ManagementTenon } from "@tenon/core/http";
import type { Context, MiddlewareHandler } from "hono";
import { readRawBody } from "./raw-body.js";
import { toResponse } from "./reply.js";
import { viewRequest } from "./request-view.js";

export type ManagementOptions = ManagementApiOptions<Context>;

/**
 * Serves the management API: API keys, webhook endpoints, deliveries and the rest, for the tenant that `principal`
 * names. Mount it on a path that ends in `/*`; paths that aren't its own go on to the next handler, and so does
 * `OPTIONS` unless `cors` is given. What `principal` throws, and faults of the server, go to the host's `app.onError`.
 * @throws {ConfigError} for options that break a rule, or name a resource, route or field that isn't there.
 * @example
 * app.use("/integrations/*", managementApi(tenon, {
 *   principal: (c) => ({ tenantId: c.get("user").teamId, actorId: c.get("user").id, permissions: ["*"] }),
 * }));
 * @see RFC 9457
 */
export function managementApi(tenon: ManagementTenon, options: ManagementOptions): MiddlewareHandler {
  const api = createManagementApi(tenon, options);
  return async function managementApi(c, next) {
    const path = pathOf(c.req.url);
    const basePath = findBasePath(path, c.req.routePath);
    const reply = await api.handle({
      context: c,
      view: viewRequest(c),
      basePath,
      path: path.slice(basePath.length),
      readBody: (maxBytes) => readRawBody(c.req, maxBytes),
    });
    return reply === undefined ? next() : toResponse(c, reply);
  };
}

/** The path of a request's URL, undecoded: `c.req.path` is decoded in part. A `Request` has its URL in one form, and whole. */
function pathOf(url: string): string {
  return /^[^:]+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] ?? "";
}

/** What of a path the mount took: as many segments as its pattern has before `*`. */
function findBasePath(path: string, pattern: string): string {
  const mounted = pattern.replace(/\/?\*$/, "");
  return path.split("/").slice(0, mounted.split("/").length).join("/");
}
