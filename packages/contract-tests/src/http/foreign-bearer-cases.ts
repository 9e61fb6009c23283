import assert from "node:assert/strict";
import { expectConfigError, expectProblem } from "./expect-problem.js";
import type { HttpBench } from "./http-bench.js";
import type { HttpCases } from "./http-contract.js";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

export const foreignBearerCases: HttpCases = () => ({
  "somebody else's bearer token goes on to the host's own check, with no caller set": async (bench) => {
    const send = await servePassing(bench);
    const reply = await send({ path: "/", headers: [["Authorization", `Bearer ${JWT}`]] });
    assert.deepEqual([reply.status, JSON.parse(reply.body)], [200, { caller: null }]);
    assert.equal(bench.steering.lookups, 0);
    const key = await bench.createKey();
    const withKey = await send({ path: "/", headers: [["Authorization", `Bearer ${key}`]] });
    assert.deepEqual([withKey.status, JSON.parse(withKey.body)], [200, { caller: "acme" }]);
    const beside = await send({
      path: "/",
      headers: [
        ["Authorization", `Bearer ${JWT}`],
        ["X-API-Key", key],
      ],
    });
    assert.deepEqual(JSON.parse(beside.body), { caller: "acme" });
  },

  "what begins like one of our keys is judged and never passed on": async (bench) => {
    const send = await servePassing(bench);
    const key = await bench.createKey();
    for (const text of [key.slice(0, -1), `${key}x`, key.replace("live", "test"), "sk_"]) {
      const reply = await send({ path: "/", headers: [["Authorization", `Bearer ${text}`]] });
      expectProblem(reply, 401, "UNAUTHORIZED");
    }
  },

  "without a credential, with one elsewhere, or with two bearer tokens, nothing is passed on": async (
    bench,
  ) => {
    const send = await servePassing(bench);
    expectProblem(await send({ path: "/" }), 401, "UNAUTHORIZED");
    expectProblem(await send({ path: "/", headers: [["X-API-Key", JWT]] }), 401, "UNAUTHORIZED");
    const bearer = ["Authorization", `Bearer ${JWT}`] as const;
    expectProblem(await send({ path: "/", headers: [bearer, ["X-API-Key", JWT]] }), 401, "UNAUTHORIZED");
    expectProblem(await send({ path: "/", headers: [bearer, bearer] }), 400, "INVALID_REQUEST");
  },

  "a route that doesn't pass tokens on refuses them": async (bench) => {
    const { framework, tenon } = bench;
    const guarded = framework.requireApiKey(tenon);
    const send = await bench.serve([{ method: "GET", path: "/", middlewares: [guarded] }]);
    const reply = await send({ path: "/", headers: [["Authorization", `Bearer ${JWT}`]] });
    expectProblem(reply, 401, "UNAUTHORIZED");
    const misspelt = { foreignBearer: "next" } as unknown as { readonly foreignBearer: "pass" };
    expectConfigError(() => framework.requireApiKey(tenon, misspelt), "/foreignBearer");
  },
});

function servePassing<Middleware, FrameworkRequest>(bench: HttpBench<Middleware, FrameworkRequest>) {
  const guarded = bench.framework.requireApiKey(bench.tenon, { foreignBearer: "pass" });
  return bench.serve([
    {
      method: "GET",
      path: "/",
      middlewares: [guarded],
      answer: (context) => ({ caller: context?.tenantId ?? null }),
    },
  ]);
}
