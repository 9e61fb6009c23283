import assert from "node:assert/strict";
import { expectProblem } from "./expect-problem.js";
import type { HttpCases } from "./http-contract.js";

const CACHE_LIFETIME_MS = 5_000;

export const outageCases: HttpCases = () => ({
  "with the storage out, a key that must be looked up is answered 503 with Retry-After": async (bench) => {
    const { framework, tenon, steering } = bench;
    const send = await bench.serve([
      { method: "GET", path: "/", middlewares: [framework.requireApiKey(tenon)] },
    ]);
    const headers = [["X-API-Key", await bench.createKey()]] as const;
    steering.isOut = true;
    const reply = await send({ path: "/", headers });
    expectProblem(reply, 503, "STORAGE_UNAVAILABLE");
    assert.ok(Number(reply.headers["retry-after"]) > 0, reply.headers["retry-after"]);
    expectProblem(await send({ path: "/", headers: [["X-API-Key", "nonsense"]] }), 401, "UNAUTHORIZED");
    steering.isOut = false;
    assert.equal((await send({ path: "/", headers })).status, 200);
  },

  "with the storage out, a warm key lives on for the cache lifetime, and its limits still count": async (
    bench,
  ) => {
    const { framework, tenon, steering, clock } = bench;
    const send = await bench.serve([
      { method: "GET", path: "/", middlewares: [framework.requireApiKey(tenon)] },
    ]);
    const limits = [{ name: "hour", limit: 3, windowSeconds: 3600 }];
    const headers = [["X-API-Key", await bench.createKey({ limits })]] as const;
    const call = async () => (await send({ path: "/", headers })).status;
    assert.equal(await call(), 200);
    steering.isOut = true;
    assert.deepEqual([await call(), await call(), await call(), await call()], [200, 200, 200, 429]);
    clock.advance(CACHE_LIFETIME_MS - 1);
    assert.equal(await call(), 429);
    clock.advance(1);
    assert.equal(await call(), 503);
  },

  "with the storage out, rateLimit counts in the process": async (bench) => {
    const { framework, tenon, steering } = bench;
    const limited = framework.rateLimit(tenon, { limits: [{ name: "minute", limit: 1, windowSeconds: 60 }] });
    const send = await bench.serve([{ method: "GET", path: "/", middlewares: [limited] }]);
    steering.isOut = true;
    assert.deepEqual([(await send({ path: "/" })).status, (await send({ path: "/" })).status], [200, 429]);
  },

  "a storage that fails in any other way is the host's error handler's to answer": async (bench) => {
    const { framework, tenon, steering } = bench;
    const send = await bench.serve([
      { method: "GET", path: "/", middlewares: [framework.requireApiKey(tenon)] },
    ]);
    const failure = new Error("the lookup failed");
    steering.alterKey = () => {
      throw failure;
    };
    const reply = await send({ path: "/", headers: [["X-API-Key", await bench.createKey()]] });
    assert.equal(reply.status, 500);
    assert.deepEqual(bench.errors, [failure]);
  },
});
