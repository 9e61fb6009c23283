import assert from "node:assert/strict";
import type { HttpConfig } from "@tenon/core";
import { expectConfigError, expectProblem } from "./expect-problem.js";
import type { HttpBench } from "./http-bench.js";
import type { HttpCases } from "./http-contract.js";

const AIVO = { kind: "header", name: "X-Aivo-Api-Key" } as const;

export const credentialPlaceCases: HttpCases = () => ({
  "a key is taken from the header that the host names, and from no other": async (bench) => {
    const send = await serveWith(bench, { credentials: [AIVO] });
    const key = await bench.createKey();
    for (const name of ["X-Aivo-Api-Key", "x-aivo-api-key", "X-AIVO-API-KEY"]) {
      assert.equal((await send({ path: "/", headers: [[name, key]] })).status, 200);
    }
    for (const header of [["Authorization", `Bearer ${key}`] as const, ["X-API-Key", key] as const]) {
      const refused = await send({ path: "/", headers: [header] });
      const { detail } = expectProblem(refused, 401, "UNAUTHORIZED");
      assert.equal(detail, "Send an API key: `X-Aivo-Api-Key: <key>`.");
      assert.equal(refused.headers["www-authenticate"], 'ApiKey realm="api"');
    }
  },

  "a header of the host's may stand beside the usual ones, and two of our keys are still one too many":
    async (bench) => {
      const send = await serveWith(bench, { credentials: [AIVO, { kind: "bearer" }] });
      const key = await bench.createKey();
      const own = ["X-Aivo-Api-Key", key] as const;
      const bearer = ["Authorization", `Bearer ${key}`] as const;
      assert.equal((await send({ path: "/", headers: [own] })).status, 200);
      assert.equal((await send({ path: "/", headers: [bearer] })).status, 200);
      expectProblem(await send({ path: "/", headers: [own, bearer] }), 400, "INVALID_REQUEST");
      expectProblem(await send({ path: "/", headers: [["X-API-Key", key]] }), 401, "UNAUTHORIZED");
      assert.equal((await send({ path: "/", headers: [own, ["X-API-Key", key]] })).status, 200);
    },

  "a place that cannot hold a key is a ConfigError when the kit is made": async (bench) => {
    const build = (...credentials: readonly unknown[]) =>
      bench.createTenon({ http: { credentials } as unknown as HttpConfig });
    const header = (name: string) => ({ kind: "header", name });
    expectConfigError(() => build(), "/http/credentials");
    expectConfigError(() => build(header("")), "/http/credentials/0/name");
    expectConfigError(() => build(header("X Api Key")), "/http/credentials/0/name");
    expectConfigError(() => build(header("X-Kéy")), "/http/credentials/0/name");
    expectConfigError(() => build(header("X-Key\r\n")), "/http/credentials/0/name");
    expectConfigError(() => build(AIVO, header("x-aivo-api-key")), "/http/credentials/1");
    expectConfigError(() => build(header("authorization")), "/http/credentials/0/name");
    expectConfigError(() => build(header("Cookie")), "/http/credentials/0/name");
    expectConfigError(() => build({ kind: "query" }), "/http/credentials/0");
  },
});

function serveWith<Middleware, FrameworkRequest>(
  { framework, createTenon, serve }: HttpBench<Middleware, FrameworkRequest>,
  http: HttpConfig,
) {
  const guarded = framework.requireApiKey(createTenon({ http }));
  return serve([{ method: "GET", path: "/", middlewares: [guarded] }]);
}
