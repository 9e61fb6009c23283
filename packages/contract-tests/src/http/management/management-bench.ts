import assert from "node:assert/strict";
import type { TenonConfig } from "@tenon/core";
import type { ManagementApiOptions, Principal } from "@tenon/core/http";
import type { HttpTransport } from "@tenon/core/ports";
import type { HttpBench } from "../http-bench.js";
import type { ReceivedReply } from "../send-request.js";

/** A reply of the management API, with its body read as JSON. */
export interface ManagementReply extends ReceivedReply {
  readonly json: Readonly<Record<string, unknown>>;
}

export interface ManagementCall {
  /** Who calls; undefined for nobody. Default: somebody of `acme` who may do everything. */
  readonly as?: Principal | undefined;
  /** Sent as JSON; a text or bytes are sent as they are. */
  readonly body?: unknown;
  readonly headers?: readonly (readonly [string, string])[];
}

export type CallManagement = (
  method: string,
  path: string,
  call?: ManagementCall,
) => Promise<ManagementReply>;

export const ADA: Principal = { tenantId: "acme", actorId: "ada", permissions: ["*"] };
export const EVE: Principal = { tenantId: "other", actorId: "eve", permissions: ["*"] };

/** What the management API needs of a kit beside the bench's own. */
export const MANAGED: Partial<TenonConfig> = {
  vaultKeys: [{ id: "test", key: Buffer.alloc(32, 7).toString("base64") }],
  transport: {
    check: (url) =>
      new URL(url).hostname === "10.0.0.1" ? { ok: false, reason: "must be public" } : { ok: true },
    request: async () => ({ ok: true, status: 204, headers: {}, body: new Uint8Array(), truncated: false }),
  } satisfies HttpTransport,
};

/** Serves the management API below `/manage`, told by a header who calls. */
export async function serveManagement<Middleware, FrameworkRequest>(
  bench: HttpBench<Middleware, FrameworkRequest>,
  {
    config = {},
    options = {},
    parsesJsonFirst = false,
    hasVault = true,
    path: mount = "/manage",
  }: {
    readonly config?: Partial<TenonConfig>;
    readonly options?: Partial<ManagementApiOptions<FrameworkRequest>>;
    readonly parsesJsonFirst?: boolean;
    readonly hasVault?: boolean;
    readonly path?: string;
  } = {},
): Promise<CallManagement> {
  const { framework } = bench;
  const tenon = bench.createTenon({ ...(hasVault ? MANAGED : {}), ...config });
  const middleware = framework.managementApi(tenon, {
    principal: (request) => {
      const principal = framework.readHeader(request, "x-principal");
      return principal === undefined ? undefined : JSON.parse(principal);
    },
    ...options,
  });
  const after = {
    method: "GET" as const,
    path: `${mount}/elsewhere`,
    middlewares: [],
    answer: () => ({ host: true }),
  };
  const preflight = { ...after, method: "OPTIONS" as const, path: `${mount}/api-keys` };
  const send = await bench.serve([after, preflight], {
    mounts: [{ path: mount, middleware }],
    parsesJsonFirst,
    showsSecrets: true,
  });

  return async (method, path, call = {}) => {
    const { body, headers = [] } = call;
    const as = "as" in call ? call.as : ADA;
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    const reply = await send({
      method,
      path: `${mount}${path}`,
      headers: [
        ...(as === undefined ? [] : [["X-Principal", JSON.stringify(as)] as const]),
        ...(body === undefined || headers.some(([name]) => name.toLowerCase() === "content-type")
          ? []
          : [["Content-Type", "application/json"] as const]),
        ...headers,
      ],
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    });
    const isJson = /json/.test(reply.headers["content-type"] ?? "") && reply.body !== "";
    return { ...reply, json: isJson ? JSON.parse(reply.body) : {} };
  };
}

/** Checks a status, and shows the body where it is another. */
export function expectStatus<Reply extends ReceivedReply>(reply: Reply, status: number): Reply {
  assert.equal(reply.status, status, reply.body);
  return reply;
}

/** Creates an API key, and gives its reply. */
export async function createKey(call: CallManagement, body: object = {}, as = ADA): Promise<ManagementReply> {
  const key = { name: "Zapier", scopes: ["posts:read"], ...body };
  return expectStatus(await call("POST", "/api-keys", { body: key, as }), 201);
}

/** Creates a webhook endpoint, and gives its reply. */
export async function createEndpoint(call: CallManagement, body: object = {}): Promise<ManagementReply> {
  const endpoint = { url: "https://hooks.example.com/a", eventTypes: ["post.published"], ...body };
  return expectStatus(await call("POST", "/webhook-endpoints", { body: endpoint }), 201);
}
