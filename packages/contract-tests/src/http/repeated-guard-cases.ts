import assert from "node:assert/strict";
import { expectProblem } from "./expect-problem.js";
import type { HttpCases } from "./http-contract.js";

const hour = { name: "hour", limit: 10, windowSeconds: 3600 };
const burst = { name: "burst", limit: 2, windowSeconds: 60 };

export const repeatedGuardCases: HttpCases = () => ({
  "a guard on the app and one on the route: one lookup, and every limit is charged once": async (bench) => {
    const { framework, tenon } = bench;
    const send = await bench.serve(
      [
        {
          method: "GET",
          path: "/",
          middlewares: [framework.requireApiKey(tenon, { scopes: ["posts:read"], limits: [hour, burst] })],
          answer: (context) => context,
        },
      ],
      { appMiddlewares: [framework.requireApiKey(tenon)] },
    );
    const key = await bench.createKey({ limits: [hour] });
    const reply = await send({ path: "/", headers: [["X-API-Key", key]] });
    assert.equal(reply.status, 200, reply.body);
    assert.deepEqual(policiesOf(reply.headers.ratelimit), { hour: 9, burst: 1 });
    const { keyName, limits } = JSON.parse(reply.body);
    assert.equal(keyName, "Zapier");
    assert.deepEqual(
      limits.map(({ name, remaining }: { name: string; remaining: number }) => [name, remaining]),
      [
        ["hour", 9],
        ["burst", 1],
      ],
    );
    assert.equal(bench.steering.lookups, 1);
    assert.deepEqual(bench.warnings, []);
  },

  "the key is looked up once for a request, although the cache forgets it in between": async (bench) => {
    const { framework, tenon, clock } = bench;
    const forgetting = framework.rateLimit(tenon, {
      limits: [burst],
      subject: () => {
        clock.advance(60_000);
        return "slow";
      },
    });
    const guard = framework.requireApiKey(tenon);
    const send = await bench.serve([{ method: "GET", path: "/", middlewares: [guard, forgetting, guard] }]);
    const headers = [["X-API-Key", await bench.createKey({ limits: [hour] })]] as const;
    const reply = await send({ path: "/", headers });
    assert.deepEqual([reply.status, policiesOf(reply.headers.ratelimit).hour], [200, 9]);
    assert.equal(bench.steering.lookups, 1);
    await send({ path: "/", headers });
    assert.equal(bench.steering.lookups, 2);
  },

  "each guard checks its own scopes, and a key that ran out between them is refused": async (bench) => {
    const { framework, tenon, clock } = bench;
    const slow = framework.rateLimit(tenon, {
      limits: [hour],
      subject: (request) => {
        clock.advance(Number(framework.readHeader(request, "x-wait-ms") ?? 0));
        return "slow";
      },
    });
    const send = await bench.serve(
      [
        {
          method: "GET",
          path: "/write",
          middlewares: [framework.requireApiKey(tenon, { scopes: ["posts:write"] })],
        },
        { method: "GET", path: "/read", middlewares: [slow, framework.requireApiKey(tenon)] },
      ],
      { appMiddlewares: [framework.requireApiKey(tenon)] },
    );
    const expiresAt = new Date(clock.now().getTime() + 1000);
    const key = ["X-API-Key", await bench.createKey({ expiresAt })] as const;
    expectProblem(await send({ path: "/write", headers: [key] }), 403, "INSUFFICIENT_SCOPE");
    assert.equal((await send({ path: "/read", headers: [key] })).status, 200);
    const late = await send({ path: "/read", headers: [key, ["X-Wait-Ms", "1000"]] });
    expectProblem(late, 401, "UNAUTHORIZED");
  },

  "a guard that only looks leaves the charge to the one behind it, and the reply tells each limit once":
    async (bench) => {
      const { framework, tenon } = bench;
      const look = framework.requireApiKey(tenon, { cost: 0 });
      const send = await bench.serve(
        [
          { method: "GET", path: "/", middlewares: [look] },
          { method: "GET", path: "/export", middlewares: [framework.requireApiKey(tenon, { cost: 4 })] },
        ],
        { appMiddlewares: [look] },
      );
      const headers = [["X-API-Key", await bench.createKey({ limits: [hour] })]] as const;
      const remaining = async (path: string) => {
        const reply = await send({ path, headers });
        assert.equal(
          [...(reply.headers.ratelimit ?? "").matchAll(/"hour"/g)].length,
          1,
          reply.headers.ratelimit,
        );
        assert.equal(
          reply.headers["x-ratelimit-remaining"],
          String(policiesOf(reply.headers.ratelimit).hour),
        );
        return [reply.status, policiesOf(reply.headers.ratelimit).hour];
      };
      assert.deepEqual(await remaining("/"), [200, 10]);
      assert.deepEqual(await remaining("/export"), [200, 6]);
      assert.deepEqual(await remaining("/export"), [200, 2]);
      assert.deepEqual(await remaining("/export"), [429, 2]);
      assert.deepEqual(await remaining("/"), [200, 2]);
    },

  "a limit that only the second guard names can refuse the call": async (bench) => {
    const { framework, tenon } = bench;
    const send = await bench.serve(
      [{ method: "GET", path: "/", middlewares: [framework.requireApiKey(tenon, { limits: [burst] })] }],
      { appMiddlewares: [framework.requireApiKey(tenon)] },
    );
    const headers = [["X-API-Key", await bench.createKey({ limits: [hour] })]] as const;
    await send({ path: "/", headers });
    await send({ path: "/", headers });
    const refused = await send({ path: "/", headers });
    assert.deepEqual(expectProblem(refused, 429, "RATE_LIMITED")["violated-policies"], ["burst"]);
    assert.deepEqual(policiesOf(refused.headers.ratelimit), { hour: 7, burst: 0 });
    assert.equal(refused.headers["x-ratelimit-limit"], "2");
  },
});

function policiesOf(header = ""): Readonly<Record<string, number>> {
  const found = [...header.matchAll(/"([^"]+)";r=(\d+)/g)];
  return Object.fromEntries(found.map(([, name = "", remaining]) => [name, Number(remaining)]));
}
