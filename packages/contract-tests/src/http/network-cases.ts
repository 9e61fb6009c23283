import assert from "node:assert/strict";
import { expectProblem } from "./expect-problem.js";
import type { HttpBench } from "./http-bench.js";
import type { HttpCases } from "./http-contract.js";

const once = { name: "minute", limit: 1, windowSeconds: 60 };

export const networkCases: HttpCases = () => ({
  "a key with an allowlist is answered 403 from any other address": async (bench) => {
    const { framework, tenon } = bench;
    const send = await bench.serve([
      { method: "GET", path: "/", middlewares: [framework.requireApiKey(tenon)] },
    ]);
    const call = async (ipAllowlist: string[]) =>
      send({ path: "/", headers: [["X-API-Key", await bench.createKey({ ipAllowlist })]] });
    expectProblem(await call(["203.0.113.0/24", "2001:db8::/32"]), 403, "IP_NOT_ALLOWED");
    assert.equal((await call(["203.0.113.0/24", "127.0.0.0/8"])).status, 200);
  },

  "behind a trusted proxy, the address it saw counts, and what the client forged further left doesn't":
    async (bench) => {
      const tenon = bench.createTenon({ trustedProxies: ["127.0.0.1", "10.0.0.0/8"] });
      const { framework } = bench;
      const send = await bench.serve([
        { method: "GET", path: "/", middlewares: [framework.requireApiKey(tenon)] },
      ]);
      const key = await bench.createKey({ ipAllowlist: ["203.0.113.7"] });
      const call = async (...hops: readonly string[]) => {
        const forwarded = hops.map((hop) => ["X-Forwarded-For", hop] as const);
        return (await send({ path: "/", headers: [["X-API-Key", key], ...forwarded] })).status;
      };
      assert.equal(await call("203.0.113.7"), 200);
      assert.equal(await call("198.51.100.1, 203.0.113.7, 10.1.2.3"), 200);
      assert.equal(await call("198.51.100.1", "203.0.113.7"), 200);
      assert.equal(await call("203.0.113.7, 198.51.100.1"), 403);
      assert.equal(await call("203.0.113.7", "198.51.100.1"), 403);
      assert.equal(await call(`203.0.113.7, ${"198.51.100.1, ".repeat(500)}198.51.100.1`), 403);
      assert.equal(await call("203.0.113.7, not-an-address"), 403);
      assert.equal(await call(), 403);
    },

  "from a peer that is no trusted proxy, X-Forwarded-For is ignored": async (bench) => {
    const { framework } = bench;
    const tenon = bench.createTenon({ trustedProxies: ["10.0.0.0/8"] });
    const send = await bench.serve([
      { method: "GET", path: "/", middlewares: [framework.requireApiKey(tenon)] },
    ]);
    const headers = [
      ["X-API-Key", await bench.createKey({ ipAllowlist: ["203.0.113.7"] })],
      ["X-Forwarded-For", "203.0.113.7"],
    ] as const;
    expectProblem(await send({ path: "/", headers }), 403, "IP_NOT_ALLOWED");
  },

  "rateLimit counts clients behind a trusted proxy apart, and not by what they forge": async (bench) => {
    const call = await serveLimited(bench, ["127.0.0.1"]);
    assert.deepEqual(
      [await call("203.0.113.7"), await call("203.0.113.7"), await call("203.0.113.8")],
      [200, 429, 200],
    );
    assert.deepEqual([await call("1.1.1.1, 203.0.113.9"), await call("2.2.2.2, 203.0.113.9")], [200, 429]);
    assert.equal(await call("203.0.113.7:4711"), 429);
  },

  "rateLimit counts an IPv6 customer's /56 as one client": async (bench) => {
    const call = await serveLimited(bench, ["127.0.0.1"]);
    assert.deepEqual([await call("2001:db8:1:2300::1"), await call("2001:db8:1:23ff::2")], [200, 429]);
    assert.equal(await call("2001:db8:1:2400::1"), 200);
  },

  "rateLimit believes no X-Forwarded-For of a peer that isn't trusted": async (bench) => {
    const call = await serveLimited(bench, []);
    assert.deepEqual([await call("203.0.113.7"), await call("203.0.113.8")], [200, 429]);
  },
});

async function serveLimited<Middleware, FrameworkRequest>(
  { framework, createTenon, serve }: HttpBench<Middleware, FrameworkRequest>,
  trustedProxies: readonly string[],
): Promise<(forwardedFor: string) => Promise<number>> {
  const limited = framework.rateLimit(createTenon({ trustedProxies }), { limits: [once] });
  const send = await serve([{ method: "GET", path: "/", middlewares: [limited] }]);
  return async (forwardedFor) =>
    (await send({ path: "/", headers: [["X-Forwarded-For", forwardedFor]] })).status;
}
