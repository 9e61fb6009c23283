import assert from "node:assert/strict";
import type { Refusal } from "@tenon/core";
import { expectProblem } from "./expect-problem.js";
import type { HttpCases } from "./http-contract.js";

const hour = { name: "hour", limit: 1, windowSeconds: 3600, algorithm: "fixed-window" } as const;
const day = { name: "day", limit: 10_000, windowSeconds: 86_400, algorithm: "fixed-window" } as const;

export const refusalCases: HttpCases = () => ({
  "a host's own renderer decides the body of a 429 byte for byte, and the header says the same instant":
    async (bench) => {
      const { framework, clock } = bench;
      const tenon = bench.createTenon({
        http: {
          resetFormat: "iso-8601",
          renderRefusal: ({ status, code, detail, reset }) => ({
            body: {
              statusCode: status,
              message: code === "RATE_LIMITED" ? `Rate limit exceeded. Try again at ${reset}` : detail,
            },
          }),
        },
      });
      const guarded = framework.requireApiKey(tenon);
      const send = await bench.serve([{ method: "GET", path: "/", middlewares: [guarded] }]);
      const headers = [["X-API-Key", await bench.createKey({ limits: [hour, day] })]] as const;
      clock.advance(1_234_567);

      const passed = await send({ path: "/", headers });
      assert.equal(passed.status, 200);
      assert.equal(passed.headers["x-ratelimit-remaining"], "0");
      assert.equal(passed.headers["x-ratelimit-reset"], "2026-01-01T01:00:00Z");
      const refused = await send({ path: "/", headers });
      assert.equal(refused.status, 429);
      assert.equal(refused.headers["x-ratelimit-remaining"], "0");
      assert.equal(refused.headers["x-ratelimit-reset"], "2026-01-01T01:00:00Z");
      assert.equal(refused.headers["content-type"], "application/json");
      assert.equal(
        refused.body,
        '{"statusCode":429,"message":"Rate limit exceeded. Try again at 2026-01-01T01:00:00Z"}',
      );
      const unkeyed = await send({ path: "/" });
      assert.equal(unkeyed.status, 401);
      assert.equal(
        unkeyed.body,
        '{"statusCode":401,"message":"Send an API key: `Authorization: Bearer <key>` or `X-API-Key: <key>`."}',
      );
      assert.equal(unkeyed.headers["www-authenticate"], 'Bearer realm="api"');
    },

  "windows of an hour and of a day open again at the full hour and at midnight in UTC": async (bench) => {
    const { framework, clock } = bench;
    const tenon = bench.createTenon({ http: { resetFormat: "iso-8601" } });
    const guarded = framework.requireApiKey(tenon);
    const send = await bench.serve([{ method: "GET", path: "/", middlewares: [guarded] }]);
    const headers = [["X-API-Key", await bench.createKey({ limits: [hour, { ...day, limit: 2 }] })]] as const;
    const call = async () => {
      const reply = await send({ path: "/", headers });
      return [reply.status, reply.headers["x-ratelimit-reset"]];
    };
    clock.advance(3_599_001);
    assert.deepEqual(await call(), [200, "2026-01-01T01:00:00Z"]);
    assert.deepEqual(await call(), [429, "2026-01-01T01:00:00Z"]);
    clock.advance(999);
    assert.deepEqual(await call(), [200, "2026-01-01T02:00:00Z"]);
    clock.advance(3_600_500);
    assert.deepEqual(await call(), [429, "2026-01-02T00:00:00Z"]);
  },

  "the renderer writes every refusal, and its headers stand beside ours": async (bench) => {
    const { framework, steering } = bench;
    const seen: Refusal[] = [];
    const tenon = bench.createTenon({
      http: {
        renderRefusal: (refusal) => {
          seen.push(refusal);
          return {
            body: `<p>${refusal.code}</p>`,
            headers: { "Content-Type": "text/html", "X-Reason": refusal.code },
          };
        },
      },
    });
    const guarded = framework.requireApiKey(tenon, { scopes: ["posts:write"], cost: 2 });
    const limited = framework.rateLimit(tenon, { limits: [hour], cost: 2 });
    const send = await bench.serve([
      { method: "GET", path: "/keyed", middlewares: [guarded] },
      { method: "GET", path: "/limited", middlewares: [limited] },
    ]);
    const key = await bench.createKey();
    const calls = [
      send({ path: "/keyed" }),
      send({ path: "/keyed", headers: [["X-API-Key", `${key}, ${key}`]] }),
      send({ path: "/keyed", headers: [["X-API-Key", key]] }),
      send({ path: "/limited" }),
    ];
    const replies = await Promise.all(calls);
    steering.isOut = true;
    replies.push(await send({ path: "/keyed", headers: [["X-API-Key", await unseenKey()]] }));
    assert.deepEqual(
      replies.map(({ status }) => status),
      [401, 400, 403, 429, 503],
    );
    for (const reply of replies) {
      assert.equal(reply.headers["content-type"], "text/html");
      assert.equal(reply.body, `<p>${reply.headers["x-reason"]}</p>`);
    }
    const limitRefusal = seen.find(({ code }) => code === "RATE_LIMITED");
    assert.equal(limitRefusal?.reset, replies[3]?.headers["x-ratelimit-reset"]);
    assert.equal(limitRefusal?.retryAfterSeconds, undefined);
    assert.equal(seen.find(({ code }) => code === "STORAGE_UNAVAILABLE")?.retryAfterSeconds, 5);

    async function unseenKey() {
      steering.isOut = false;
      const text = await bench.createKey({ name: "unseen" });
      steering.isOut = true;
      return text;
    }
  },

  "what the renderer throws goes to the host's error handler": async (bench) => {
    const failure = new Error("no template");
    const renderRefusal = () => {
      throw failure;
    };
    const guarded = bench.framework.requireApiKey(bench.createTenon({ http: { renderRefusal } }));
    const send = await bench.serve([{ method: "GET", path: "/", middlewares: [guarded] }]);
    assert.equal((await send({ path: "/" })).status, 500);
    assert.deepEqual(bench.errors, [failure]);
  },

  "without a renderer a 429 is problem details whose reset is epoch seconds": async (bench) => {
    const { framework, tenon } = bench;
    const send = await bench.serve([
      { method: "GET", path: "/", middlewares: [framework.rateLimit(tenon, { limits: [hour] })] },
    ]);
    await send({ path: "/" });
    const refused = await send({ path: "/" });
    expectProblem(refused, 429, "RATE_LIMITED");
    assert.equal(refused.headers["x-ratelimit-reset"], String(Date.UTC(2026, 0, 1, 1) / 1000));
  },
});
