import assert from "node:assert/strict";
import type { Tenon } from "@tenon/core";
import type { Permission } from "@tenon/core/http";
import { expectConfigError, expectProblem } from "./expect-problem.js";
import type { HttpBench } from "./http-bench.js";
import type { HttpCases } from "./http-contract.js";
import { ADA } from "./management/management-bench.js";

export const principalGuardCases: HttpCases = () => ({
  "a route behind requirePrincipal learns which principal calls, and nobody is answered 401 with a challenge":
    async (bench) => {
      const call = await serveReports(bench);
      const { status, body } = await call(ADA);
      assert.deepEqual([status, JSON.parse(body)], [200, { principal: ADA }]);
      const refused = await call(undefined);
      expectProblem(refused, 401, "UNAUTHORIZED");
      assert.match(refused.headers["www-authenticate"] ?? "", /^Bearer/);
      assert.deepEqual(bench.errors, []);
    },

  "a principal without the permission that a route needs is answered 403, by the management API's own rules":
    async (bench) => {
      const call = await serveReports(bench, { permission: "api-keys:write" });
      const answered = async (permissions: readonly string[]) => (await call({ ...ADA, permissions })).status;
      assert.deepEqual(
        [await answered(["*"]), await answered(["api-keys:*"]), await answered(["api-keys:write"])],
        [200, 200, 200],
      );
      const refused = await call({ ...ADA, permissions: ["api-keys:read"] });
      assert.match(String(expectProblem(refused, 403, "INSUFFICIENT_SCOPE").detail), /api-keys:write/);
      expectProblem(await call({ ...ADA, kind: "api_key" }), 403, "INSUFFICIENT_SCOPE");
    },

  "requirePrincipal refuses in the host's own words, and still with a challenge": async (bench) => {
    const tenon = bench.createTenon({
      http: { renderRefusal: ({ code }) => ({ body: { error: code } }) },
    });
    const refused = await (await serveReports(bench, { tenon }))(undefined);
    assert.deepEqual([refused.status, JSON.parse(refused.body)], [401, { error: "UNAUTHORIZED" }]);
    assert.match(refused.headers["www-authenticate"] ?? "", /^Bearer/);
  },

  "a CORS preflight passes without a principal; any other OPTIONS doesn't": async (bench) => {
    const call = await serveReports(bench);
    const asked = [
      ["Origin", "https://a.example"],
      ["Access-Control-Request-Method", "GET"],
    ] as const;
    const preflight = await call(undefined, { method: "OPTIONS", headers: asked });
    assert.deepEqual([preflight.status, preflight.body], [200, "{}"]);
    expectProblem(await call(undefined, { method: "OPTIONS" }), 401, "UNAUTHORIZED");
  },

  "a principal without a tenant is the host's mistake, and the route behind requirePrincipal isn't reached":
    async (bench) => {
      const call = await serveReports(bench);
      const { status, body } = await call({ ...ADA, tenantId: "" });
      assert.deepEqual([status, body], [500, ""]);
      assert.match(String(bench.errors[0]), /principal\/tenantId/);
    },

  "what the host's principal function throws goes to its error handler": async (bench) => {
    const { framework, tenon } = bench;
    const fault = new Error("the session store is out");
    const principal = async () => {
      throw fault;
    };
    const middlewares = [framework.requirePrincipal(tenon, { principal })];
    const send = await bench.serve([{ method: "GET", path: "/reports", middlewares }]);
    assert.equal((await send({ path: "/reports" })).status, 500);
    assert.deepEqual(bench.errors, [fault]);
  },

  "a mistake in requirePrincipal's options is a ConfigError when it is built": async (bench) => {
    const { framework, tenon } = bench;
    const principal = () => ADA;
    const permission = "webhooks:raed" as Permission;
    expectConfigError(() => framework.requirePrincipal(tenon, { principal, permission }), "/permission");
    const missing = {} as { readonly principal: typeof principal };
    expectConfigError(() => framework.requirePrincipal(tenon, missing), "/principal");
  },
});

/** Serves `/reports` behind a guard, told by a header who calls, and answers with what the guard left for the route. */
async function serveReports<Middleware, FrameworkRequest>(
  { framework, tenon: itsTenon, serve }: HttpBench<Middleware, FrameworkRequest>,
  { tenon = itsTenon, permission }: { readonly tenon?: Tenon; readonly permission?: Permission } = {},
) {
  const guard = framework.requirePrincipal(tenon, {
    principal: (request) => {
      const principal = framework.readHeader(request, "x-principal");
      return principal === undefined ? undefined : JSON.parse(principal);
    },
    permission,
  });
  const route = {
    ...{ path: "/reports", middlewares: [guard] },
    answer: (_context: unknown, _webhook: unknown, principal: unknown) => ({ principal }),
  };
  const send = await serve([
    { ...route, method: "GET" },
    { ...route, method: "OPTIONS" },
  ]);
  return (
    as: object | undefined,
    {
      method = "GET",
      headers = [],
    }: { method?: string; headers?: readonly (readonly [string, string])[] } = {},
  ) =>
    send({
      method,
      path: "/reports",
      headers: [...(as === undefined ? [] : [["X-Principal", JSON.stringify(as)] as const]), ...headers],
    });
}
