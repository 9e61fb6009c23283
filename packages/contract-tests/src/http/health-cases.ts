import assert from "node:assert/strict";
import type { HttpCases } from "./http-contract.js";

export const healthCases: HttpCases = () => ({
  "healthCheck answers 200 and is never kept, also with the storage out": async (bench) => {
    const { framework, tenon, steering } = bench;
    const send = await bench.serve([
      { method: "GET", path: "/health", middlewares: [framework.healthCheck(tenon)] },
    ]);
    steering.isOut = true;
    const reply = await send({ path: "/health" });
    assert.deepEqual([reply.status, JSON.parse(reply.body)], [200, { status: "ok" }]);
    assert.equal(reply.headers["content-type"], "application/json");
    assert.equal(reply.headers["cache-control"], "no-store");
  },

  "readinessCheck answers 200 with every check, 503 with the reason while the storage is out, and 200 again":
    async (bench) => {
      const { framework, tenon, steering } = bench;
      const send = await bench.serve([
        { method: "GET", path: "/ready", middlewares: [framework.readinessCheck(tenon)] },
      ]);
      const ready = {
        status: "ok",
        checks: {
          storage: { ok: true },
          migrations: { ok: true },
          runner: { ok: true, reason: "none" },
          queue: { ok: true, oldestDueAgeMs: 0 },
        },
      };
      const reply = await send({ path: "/ready" });
      assert.deepEqual([reply.status, JSON.parse(reply.body)], [200, ready]);
      assert.equal(reply.headers["content-type"], "application/json");
      assert.equal(reply.headers["cache-control"], "no-store");

      steering.isOut = true;
      const refused = await send({ path: "/ready" });
      assert.equal(refused.status, 503);
      assert.deepEqual(JSON.parse(refused.body), {
        status: "unavailable",
        checks: {
          storage: { ok: false, reason: "unavailable" },
          migrations: { ok: false, reason: "unknown" },
          runner: { ok: true, reason: "none" },
          queue: { ok: false, reason: "unknown" },
        },
      });
      assert.equal(refused.headers["cache-control"], "no-store");

      steering.isOut = false;
      assert.equal((await send({ path: "/ready" })).status, 200);
      assert.deepEqual(bench.errors, []);
    },

  "probes are answered to HEAD with the same status and no body, under any path": async (bench) => {
    const { framework, tenon, steering } = bench;
    const send = await bench.serve([
      { method: "GET", path: "/api/health", middlewares: [framework.healthCheck(tenon)] },
      { method: "GET", path: "/api/ready", middlewares: [framework.readinessCheck(tenon)] },
    ]);
    const ask = async (path: string) => {
      const { status, body } = await send({ method: "HEAD", path });
      return [status, body];
    };
    assert.deepEqual(await ask("/api/health"), [200, ""]);
    assert.deepEqual(await ask("/api/ready"), [200, ""]);
    steering.isOut = true;
    assert.deepEqual(await ask("/api/ready"), [503, ""]);
  },
});
