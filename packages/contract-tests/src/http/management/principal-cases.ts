import assert from "node:assert/strict";
import { expectProblem } from "../expect-problem.js";
import type { HttpCases } from "../http-contract.js";
import { ADA, createKey, EVE, expectStatus, serveManagement } from "./management-bench.js";

const key = { name: "Zapier", scopes: [] };

export const principalCases: HttpCases = () => ({
  "management: nobody is answered 401": async (bench) => {
    const call = await serveManagement(bench);
    const refused = await call("GET", "/api-keys", { as: undefined });
    expectProblem(refused, 401, "UNAUTHORIZED");
    assert.match(refused.headers["www-authenticate"] ?? "", /^Bearer/);
  },

  "management: a permission covers its own routes, its group or everything": async (bench) => {
    const call = await serveManagement(bench);
    const status = async (permissions: readonly string[]) => {
      const as = { ...ADA, permissions };
      const read = await call("GET", "/api-keys", { as });
      const written = await call("POST", "/api-keys", { as, body: key });
      return [read.status, written.status];
    };
    assert.deepEqual(await status(["api-keys:read"]), [200, 403]);
    assert.deepEqual(await status(["api-keys:write"]), [403, 201]);
    assert.deepEqual(await status(["api-keys:*"]), [200, 201]);
    assert.deepEqual(await status(["*"]), [200, 201]);
    assert.deepEqual(await status(["webhooks:*", "api-keys"]), [403, 403]);
    const refused = await call("GET", "/api-keys", { as: { ...ADA, permissions: [] } });
    assert.match(String(expectProblem(refused, 403, "INSUFFICIENT_SCOPE").detail), /api-keys:read/);
  },

  "management: an API key never manages API keys": async (bench) => {
    const call = await serveManagement(bench);
    const as = { ...ADA, kind: "api_key" as const };
    expectStatus(await call("GET", "/api-keys", { as }), 200);
    expectProblem(await call("POST", "/api-keys", { as, body: key }), 403, "INSUFFICIENT_SCOPE");
  },

  "management: the tenant is the principal's, whatever the request says": async (bench) => {
    const call = await serveManagement(bench);
    const endpoint = { url: "https://partner.example/hooks", eventTypes: ["post.published"] };
    for (const [path, body] of [
      ["/api-keys", key],
      ["/webhook-endpoints", endpoint],
    ] as const) {
      const inBody = await call("POST", path, { body: { ...body, tenantId: "other" } });
      assert.deepEqual(expectProblem(inBody, 400, "VALIDATION_FAILED").errors, [
        { in: "body", pointer: "/tenantId", message: "is not a field of this request" },
      ]);
    }
    for (const path of ["/api-keys", "/webhook-endpoints", "/deliveries", "/messages"]) {
      const inQuery = await call("GET", `${path}?tenantId=other`);
      assert.deepEqual(expectProblem(inQuery, 400, "VALIDATION_FAILED").errors, [
        { in: "query", parameter: "tenantId", message: "is not a field of this request" },
      ]);
    }
    assert.deepEqual((await call("GET", "/api-keys", { as: EVE })).json.items, []);
  },

  "management: another tenant's record is not found": async (bench) => {
    const call = await serveManagement(bench);
    const { id } = (await createKey(call)).json;
    const refused = await call("GET", `/api-keys/${id}`, { as: EVE });
    expectProblem(refused, 404, "API_KEY_NOT_FOUND");
    expectProblem(await call("DELETE", `/api-keys/${id}`, { as: EVE }), 404, "API_KEY_NOT_FOUND");
    assert.equal((await call("GET", `/api-keys/${id}`)).json.status, "active");
  },

  "management: a principal without a tenant is the host's mistake, and reads nothing": async (bench) => {
    const call = await serveManagement(bench);
    for (const tenantId of ["", undefined, "x".repeat(129)]) {
      const as = { ...ADA, tenantId } as typeof ADA;
      expectStatus(await call("GET", "/api-keys", { as }), 500);
    }
    assert.equal(bench.errors.length, 3);
    assert.match(String(bench.errors[0]), /principal\/tenantId/);
  },
});
