import assert from "node:assert/strict";
import { expectProblem } from "./expect-problem.js";
import type { HttpCases } from "./http-contract.js";

const minute = { name: "minute", limit: 2, windowSeconds: 60 };

export const limitSubjectCases: HttpCases = () => ({
  "a tenant's keys share the tenant's limit, which the headers name": async (bench) => {
    const { framework, tenon } = bench;
    const guarded = framework.requireApiKey(tenon, { limits: [{ ...minute, per: "tenant" }] });
    const send = await bench.serve([{ method: "GET", path: "/", middlewares: [guarded] }]);
    const limits = [{ ...minute, limit: 9 }];
    const [first, second] = [await bench.createKey({ limits }), await bench.createKey({ limits })];
    const call = (key: string) => send({ path: "/", headers: [["X-API-Key", key]] });
    assert.equal((await call(first)).headers.ratelimit, '"minute";r=8;t=60, "tenant-minute";r=1;t=60');
    assert.equal((await call(second)).headers["x-ratelimit-remaining"], "0");
    const refused = await call(first);
    assert.deepEqual(expectProblem(refused, 429, "RATE_LIMITED")["violated-policies"], ["tenant-minute"]);
    assert.match(String(refused.headers.ratelimit), /^"minute";r=8;/);
  },

  "a function gives each key the limits of its plan": async (bench) => {
    const { framework, tenon } = bench;
    const plans = { free: [minute], paid: [{ ...minute, limit: 50 }] };
    const guarded = framework.requireApiKey(tenon, {
      limits: ({ metadata }) => (metadata.plan === "paid" ? plans.paid : plans.free),
    });
    const send = await bench.serve([{ method: "GET", path: "/", middlewares: [guarded] }]);
    const limitOf = async (plan: string) => {
      const key = await bench.createKey({ metadata: { plan } });
      return (await send({ path: "/", headers: [["X-API-Key", key]] })).headers["x-ratelimit-limit"];
    };
    assert.deepEqual([await limitOf("free"), await limitOf("paid")], ["2", "50"]);
  },

  "with the storage out, a closed limit is answered 503, and an open one lets calls pass": async (bench) => {
    const { framework, tenon, steering } = bench;
    const limited = (onStoreError: "open" | "closed") =>
      framework.rateLimit(tenon, { limits: [{ ...minute, limit: 1, onStoreError }] });
    const send = await bench.serve([
      { method: "GET", path: "/open", middlewares: [limited("open")] },
      { method: "GET", path: "/closed", middlewares: [limited("closed")] },
    ]);
    steering.isOut = true;
    const refused = await send({ path: "/closed" });
    expectProblem(refused, 503, "STORAGE_UNAVAILABLE");
    assert.ok(Number(refused.headers["retry-after"]) > 0, refused.headers["retry-after"]);
    for (const _ of [1, 2, 3]) assert.equal((await send({ path: "/open" })).status, 200);
  },
});
