import assert from "node:assert/strict";
import { expectProblem } from "./expect-problem.js";
import type { HttpBench } from "./http-bench.js";
import type { HttpCases } from "./http-contract.js";
import type { ReceivedReply } from "./send-request.js";

const minute = { name: "minute", limit: 2, windowSeconds: 60 };

export const limitCases: HttpCases = () => ({
  "the reply says what is left of every limit": async (bench) => {
    const day = { name: "day", limit: 100, windowSeconds: 86_400 };
    const call = await serveKey(bench, { own: [minute, day] });
    const { status, headers } = await call();
    assert.equal(status, 200);
    assert.equal(headers["ratelimit-policy"], '"minute";q=2;w=60, "day";q=100;w=86400');
    assert.equal(headers.ratelimit, '"minute";r=1;t=60, "day";r=99;t=86400');
    assert.equal(headers["x-ratelimit-limit"], "2");
    assert.equal(headers["x-ratelimit-remaining"], "1");
    assert.equal(headers["x-ratelimit-reset"], String(bench.clock.now().getTime() / 1000 + 60));
    assert.equal(headers["retry-after"], undefined);
    for (const name of ["RateLimit", "RateLimit-Policy", "X-RateLimit-Remaining", "Retry-After"]) {
      assert.ok(headers["access-control-expose-headers"]?.split(", ").includes(name), name);
    }
  },

  "over the limit is answered 429 with the exact time to come back": async (bench) => {
    const call = await serveKey(bench, { own: [minute] });
    await call();
    await call();
    const refused = await call();
    const problem = expectProblem(refused, 429, "RATE_LIMITED");
    assert.equal(problem.type, "https://iana.org/assignments/http-problem-types#quota-exceeded");
    assert.deepEqual(problem["violated-policies"], ["minute"]);
    const retryAfterSeconds = Number(refused.headers["retry-after"]);
    assert.ok(Number.isInteger(retryAfterSeconds) && retryAfterSeconds > 0, refused.headers["retry-after"]);
    assert.equal(refused.headers["ratelimit-policy"], '"minute";q=2;w=60');
    assert.equal(refused.headers.ratelimit, `"minute";r=0;t=${retryAfterSeconds}`);
    assert.equal(refused.headers["x-ratelimit-limit"], "2");
    assert.equal(refused.headers["x-ratelimit-remaining"], "0");
    const resetAtSeconds = bench.clock.now().getTime() / 1000 + retryAfterSeconds;
    assert.equal(refused.headers["x-ratelimit-reset"], String(resetAtSeconds));
    assert.match(refused.headers["access-control-expose-headers"] ?? "", /Retry-After/);

    bench.clock.advance(retryAfterSeconds * 1000 - 1000);
    assert.equal((await call()).status, 429);
    bench.clock.advance(1000);
    assert.equal((await call()).status, 200);
  },

  "a fixed window opens again when it ends, and not a second sooner": async (bench) => {
    const call = await serveKey(bench, { own: [{ ...minute, algorithm: "fixed-window" }] });
    await call();
    await call();
    assert.equal((await call()).headers["retry-after"], "60");
    bench.clock.advance(59_000);
    assert.equal((await call()).headers["retry-after"], "1");
    bench.clock.advance(1_000);
    assert.equal((await call()).status, 200);
  },

  "a call takes its cost, and none that is refused takes anything": async (bench) => {
    const call = await serveKey(bench, { own: [{ ...minute, limit: 5 }], cost: 2 });
    assert.equal(remaining(await call()), 3);
    assert.equal(remaining(await call()), 1);
    const refused = await call();
    assert.deepEqual([refused.status, remaining(refused)], [429, 1]);
    assert.equal(remaining(await call()), 1);
  },

  "a cost above the limit is refused for good, without a time to come back": async (bench) => {
    const call = await serveKey(bench, { own: [minute], cost: 3 });
    const refused = await call();
    expectProblem(refused, 429, "RATE_LIMITED");
    assert.equal(refused.headers["retry-after"], undefined);
    assert.equal(remaining(refused), 2);
  },

  "a call refused for its scope spends no quota": async (bench) => {
    const { framework, tenon } = bench;
    const routes = ["read", "write"].map((right) => ({
      method: "GET" as const,
      path: `/${right}`,
      middlewares: [framework.requireApiKey(tenon, { scopes: [`posts:${right}`] })],
    }));
    const send = await bench.serve(routes);
    const headers = [["X-API-Key", await bench.createKey({ limits: [minute] })]] as const;
    for (let count = 0; count < 3; count += 1) {
      assert.equal((await send({ path: "/write", headers })).status, 403);
    }
    assert.equal(remaining(await send({ path: "/read", headers })), 1);
  },

  "a middleware's limits come beside the key's own; where a name clashes, the key's own wins": async (
    bench,
  ) => {
    const call = await serveKey(bench, {
      own: [minute],
      added: [
        { ...minute, limit: 50 },
        { name: "burst", limit: 9, windowSeconds: 1 },
      ],
    });
    assert.equal((await call()).headers["ratelimit-policy"], '"minute";q=2;w=60, "burst";q=9;w=1');
    await call();
    assert.equal((await call()).status, 429);
  },

  "routes that name the same limit share its counter; other keys have their own": async (bench) => {
    const { framework, tenon } = bench;
    const routes = ["/a", "/b"].map((path) => ({
      method: "GET" as const,
      path,
      middlewares: [framework.requireApiKey(tenon, { limits: [minute] })],
    }));
    const send = await bench.serve(routes);
    const call = async (path: string, key: string) =>
      (await send({ path, headers: [["X-API-Key", key]] })).status;
    const [first, second] = [await bench.createKey(), await bench.createKey()];
    assert.deepEqual(
      [await call("/a", first), await call("/b", first), await call("/a", first)],
      [200, 200, 429],
    );
    assert.equal(await call("/b", second), 200);
  },

  "16 calls at once on a limit of 5: exactly 5 pass": async (bench) => {
    const call = await serveKey(bench, { own: [{ ...minute, limit: 5 }] });
    const replies = await Promise.all(Array.from({ length: 16 }, call));
    assert.equal(replies.filter(({ status }) => status === 200).length, 5);
    assert.equal(replies.filter(({ status }) => status === 429).length, 11);
  },

  "what the host exposes to browsers stays exposed": async (bench) => {
    const { framework, tenon } = bench;
    const guarded = framework.requireApiKey(tenon, { limits: [minute] });
    const send = await bench.serve([{ method: "GET", path: "/", middlewares: [guarded] }], {
      exposedHeaders: "X-Trace",
    });
    const headers = [["X-API-Key", await bench.createKey()]] as const;
    for (const status of [200, 200, 429]) {
      const reply = await send({ path: "/", headers });
      assert.equal(reply.status, status);
      assert.match(
        reply.headers["access-control-expose-headers"] ?? "",
        /^X-Trace, RateLimit-Policy, RateLimit,/,
      );
    }
    const unkeyed = await send({ path: "/" });
    assert.equal(unkeyed.headers["access-control-expose-headers"], "X-Trace");
  },

  "a route that fails still tells what its call took": async (bench) => {
    const { framework, tenon } = bench;
    const failure = new Error("the route failed");
    const answer = () => {
      throw failure;
    };
    const guarded = framework.requireApiKey(tenon, { limits: [minute] });
    const send = await bench.serve([{ method: "GET", path: "/", middlewares: [guarded], answer }]);
    const reply = await send({ path: "/", headers: [["X-API-Key", await bench.createKey()]] });
    assert.deepEqual([reply.status, remaining(reply)], [500, 1]);
    assert.deepEqual(bench.errors, [failure]);
  },
});

interface KeyedRoute {
  readonly own: readonly (typeof minute & { readonly algorithm?: "fixed-window" })[];
  readonly added?: readonly (typeof minute)[];
  readonly cost?: number;
}

async function serveKey<Middleware, FrameworkRequest>(
  bench: HttpBench<Middleware, FrameworkRequest>,
  { own, added = [], cost = 1 }: KeyedRoute,
): Promise<() => Promise<ReceivedReply>> {
  const { framework, tenon } = bench;
  const guarded = framework.requireApiKey(tenon, { cost, limits: added });
  const send = await bench.serve([{ method: "GET", path: "/", middlewares: [guarded] }]);
  const key = await bench.createKey({ limits: [...own] });
  return () => send({ path: "/", headers: [["X-API-Key", key]] });
}

function remaining({ headers }: ReceivedReply): number {
  return Number(headers["x-ratelimit-remaining"]);
}
