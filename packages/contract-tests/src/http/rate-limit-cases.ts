import assert from "node:assert/strict";
import { expectProblem } from "./expect-problem.js";
import type { HttpCases } from "./http-contract.js";

const minute = { name: "minute", limit: 2, windowSeconds: 60 };

export const rateLimitCases: HttpCases = () => ({
  "a route without a key is limited by the client's address": async (bench) => {
    const { framework, tenon } = bench;
    const send = await bench.serve([
      { method: "GET", path: "/", middlewares: [framework.rateLimit(tenon, { limits: [minute] })] },
    ]);
    const passed = await send({ path: "/" });
    assert.deepEqual([passed.status, passed.headers.ratelimit], [200, '"minute";r=1;t=60']);
    await send({ path: "/" });
    const refused = await send({ path: "/" });
    assert.deepEqual(expectProblem(refused, 429, "RATE_LIMITED")["violated-policies"], ["minute"]);
    bench.clock.advance(Number(refused.headers["retry-after"]) * 1000);
    assert.equal((await send({ path: "/" })).status, 200);
  },

  "a subject of the host's counts apart; where it gives none, the address counts": async (bench) => {
    const { framework, tenon } = bench;
    const limited = framework.rateLimit(tenon, {
      limits: [{ ...minute, limit: 1 }],
      subject: (request) => framework.readHeader(request, "x-user"),
    });
    const send = await bench.serve([{ method: "GET", path: "/", middlewares: [limited] }]);
    const call = async (...users: readonly string[]) =>
      (await send({ path: "/", headers: users.map((user) => ["X-User", user] as const) })).status;
    assert.deepEqual([await call("ada"), await call("ada"), await call("bob")], [200, 429, 200]);
    assert.deepEqual([await call(), await call()], [200, 429]);
  },

  "a subject too long to keep is a ValidationError for the host's error handler": async (bench) => {
    const { framework, tenon } = bench;
    const limited = framework.rateLimit(tenon, {
      limits: [minute],
      subject: (request) => framework.readHeader(request, "x-user"),
    });
    const send = await bench.serve([{ method: "GET", path: "/", middlewares: [limited] }]);
    assert.equal((await send({ path: "/", headers: [["X-User", "u".repeat(257)]] })).status, 500);
    assert.match(String(bench.errors[0]), /ValidationError.*\/subject/);
  },

  "a call takes its cost, and routes that name the same limit share its counter": async (bench) => {
    const { framework, tenon } = bench;
    const limits = [{ ...minute, limit: 5 }];
    const send = await bench.serve([
      { method: "GET", path: "/cheap", middlewares: [framework.rateLimit(tenon, { limits })] },
      { method: "GET", path: "/dear", middlewares: [framework.rateLimit(tenon, { limits, cost: 3 })] },
    ]);
    const call = async (path: string) => (await send({ path })).headers["x-ratelimit-remaining"];
    assert.deepEqual([await call("/dear"), await call("/cheap"), await call("/dear")], ["2", "1", "1"]);
  },

  "a CORS preflight isn't counted": async (bench) => {
    const { framework, tenon } = bench;
    const limited = framework.rateLimit(tenon, { limits: [{ ...minute, limit: 1 }] });
    const send = await bench.serve([{ method: "OPTIONS", path: "/", middlewares: [limited] }]);
    const preflight = {
      method: "OPTIONS",
      path: "/",
      headers: [["Access-Control-Request-Method", "GET"]],
    } as const;
    assert.deepEqual([(await send(preflight)).status, (await send(preflight)).status], [200, 200]);
    const plain = { method: "OPTIONS", path: "/" } as const;
    assert.deepEqual([(await send(plain)).status, (await send(plain)).status], [200, 429]);
  },

  "two limiters on one route: both are listed, and the one that refuses is shown": async (bench) => {
    const { framework, tenon } = bench;
    const send = await bench.serve([
      {
        method: "GET",
        path: "/",
        middlewares: [
          framework.rateLimit(tenon, { limits: [{ name: "address", limit: 50, windowSeconds: 60 }] }),
          framework.requireApiKey(tenon, { limits: [minute] }),
        ],
      },
    ]);
    const headers = [["X-API-Key", await bench.createKey()]] as const;
    const passed = await send({ path: "/", headers });
    assert.deepEqual(listed(passed.headers["ratelimit-policy"]), [
      '"address";q=50;w=60',
      '"minute";q=2;w=60',
    ]);
    assert.deepEqual(listed(passed.headers.ratelimit), ['"address";r=49;t=60', '"minute";r=1;t=60']);
    assert.equal(passed.headers["x-ratelimit-limit"], "2");
    await send({ path: "/", headers });
    const refused = await send({ path: "/", headers });
    expectProblem(refused, 429, "RATE_LIMITED");
    assert.deepEqual(
      [refused.headers["x-ratelimit-limit"], refused.headers["x-ratelimit-remaining"]],
      ["2", "0"],
    );
    assert.ok(Number(refused.headers["retry-after"]) > 0);
  },
});

function listed(header = ""): readonly string[] {
  return header.split(", ").sort();
}
