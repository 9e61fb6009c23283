import type { IncomingMessage } from "node:http";
import {
  createManagementApi,
  type ManagementApiOptions,
  type ManagementBody,
  type ManagementTenon,
} from "@tenon/core/http";
import type { Request } from "express";
import { createMiddleware, type Middleware } from "./middleware.js";
import { readRawBody } from "./raw-body.js";
import { writeReply } from "./reply.js";
import { viewRequest } from "./request-view.js";

export type ManagementOptions = ManagementApiOptions<Request>;

/**
 * Serves the management API: API keys, webhook endpoints, deliveries and the rest, for the tenant that `principal`
 * names. Mount it where it shall stand; paths that aren't its own go on to the next handler, and so does `OPTIONS`
 * unless `cors` is given. Body parsers may run before it. What `principal` throws, and faults of the server, go to the
 * host's error handler.
 * @throws {ConfigError} for options that break a rule, or name a resource, route or field that isn't there.
 * @example
 * app.use("/integrations", managementApi(tenon, {
 *   principal: (req) => ({ tenantId: req.user.teamId, actorId: req.user.id, permissions: ["*"] }),
 * }));
 * @see RFC 9457
 */
export function managementApi(tenon: ManagementTenon, options: ManagementOptions): Middleware {
  const api = createManagementApi(tenon, options);
  return createMiddleware(async function managementApi(req, res) {
    const view = viewRequest(req);
    const [path = ""] = view.url().split("?");
    const reply = await api.handle({
      context: req,
      view,
      basePath: req.baseUrl ?? "",
      path,
      readBody: (maxBytes) => readBody(req, maxBytes),
    });
    if (reply === undefined) return true;
    writeReply(res, reply);
    return false;
  });
}

async function readBody(req: Request, maxBytes: number): Promise<ManagementBody> {
  const body = await readRawBody(req, maxBytes);
  if (body.kind !== "consumed") return body;
  // Without a body, parsers leave undefined behind, or {} in Express 4, and both mean the same.
  return hasBody(req) ? { kind: "parsed", value: req.body } : { kind: "parsed", value: undefined };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
