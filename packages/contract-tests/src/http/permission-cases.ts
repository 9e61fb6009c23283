import assert from "node:assert/strict";
import { expectConfigError, expectProblem } from "./expect-problem.js";
import type { HttpCases } from "./http-contract.js";

export const permissionCases: HttpCases = () => ({
  "a key that lacks a scope is answered 403 with the scopes the route needs": async (bench) => {
    const { framework, tenon } = bench;
    const guarded = framework.requireApiKey(tenon, { scopes: ["posts:read", "posts:write"] });
    const send = await bench.serve([{ method: "GET", path: "/posts", middlewares: [guarded] }]);
    const narrow = await bench.createKey({ scopes: ["posts:read"] });
    const refused = await send({ path: "/posts", headers: [["X-API-Key", narrow]] });
    const { detail } = expectProblem(refused, 403, "INSUFFICIENT_SCOPE");
    assert.match(String(detail), /posts:write/);
    assert.equal(
      refused.headers["www-authenticate"],
      'Bearer realm="api", error="insufficient_scope", scope="posts:read posts:write"',
    );
    const wide = await bench.createKey({ scopes: ["posts:write", "posts:read"] });
    assert.equal((await send({ path: "/posts", headers: [["X-API-Key", wide]] })).status, 200);
  },

  "with anyOf, one scope is enough and none is not": async (bench) => {
    const { framework, tenon } = bench;
    const guarded = framework.requireApiKey(tenon, { scopes: { anyOf: ["posts:read", "posts:write"] } });
    const send = await bench.serve([{ method: "GET", path: "/posts", middlewares: [guarded] }]);
    const present = (key: string) => send({ path: "/posts", headers: [["X-API-Key", key]] });
    assert.equal((await present(await bench.createKey({ scopes: ["posts:write"] }))).status, 200);
    const refused = await present(await bench.createKey({ scopes: [] }));
    expectProblem(refused, 403, "INSUFFICIENT_SCOPE");
    assert.match(refused.headers["www-authenticate"] ?? "", /scope="posts:read posts:write"/);
  },

  "a route that needs no scope takes any valid key": async (bench) => {
    const { framework, tenon } = bench;
    const send = await bench.serve([
      { method: "GET", path: "/me", middlewares: [framework.requireApiKey(tenon)] },
    ]);
    const headers = [["X-API-Key", await bench.createKey({ scopes: [] })]] as const;
    assert.equal((await send({ path: "/me", headers })).status, 200);
  },

  "a mistake in a middleware's options is a ConfigError when it is built": async ({ framework, tenon }) => {
    const hour = { name: "hour", limit: 5, windowSeconds: 3600 };
    expectConfigError(() => framework.requireApiKey(tenon, { scopes: ["posts:raed"] }), "/scopes");
    expectConfigError(() => framework.requireApiKey(tenon, { scopes: { anyOf: ["posts:raed"] } }), "/scopes");
    expectConfigError(() => framework.requireApiKey(tenon, { limits: [hour, hour] }), "/limits/1/name");
    expectConfigError(
      () => framework.requireApiKey(tenon, { limits: [{ ...hour, limit: 0 }] }),
      "/limits/0/limit",
    );
    expectConfigError(() => framework.requireApiKey(tenon, { cost: -1 }), "/cost");
    expectConfigError(() => framework.rateLimit(tenon, { limits: [] }), "/limits");
    expectConfigError(() => framework.rateLimit(tenon, { limits: [hour, hour] }), "/limits/1/name");
    const halfSecond = { ...hour, windowSeconds: 0.5 };
    expectConfigError(() => framework.rateLimit(tenon, { limits: [halfSecond] }), "/limits/0/windowSeconds");
  },
});
