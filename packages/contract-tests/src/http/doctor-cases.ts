import assert from "node:assert/strict";
import type { DoctorConfig, DoctorWarning } from "@tenon/core";
import { expectConfigError } from "./expect-problem.js";
import type { HttpBench } from "./http-bench.js";
import type { HttpCases } from "./http-contract.js";

const minute = { name: "minute", limit: 1000, windowSeconds: 60 };

export const doctorCases: HttpCases = () => ({
  "a proxy header with no trusted proxies is told once": async (bench) => {
    const { call } = await serveWatched(bench);
    await call("/keyed");
    assert.deepEqual(bench.warnings, []);
    await call("/keyed", [["X-Forwarded-For", "203.0.113.7"]]);
    await call("/limited", [["X-Forwarded-For", "203.0.113.8"]]);
    await call("/limited", [["Forwarded", "for=203.0.113.9"]]);
    assert.deepEqual(bench.warnings, ["proxy-header-without-trusted-proxies"]);
  },

  "with trusted proxies named, proxy headers are nothing to tell": async (bench) => {
    const { call } = await serveWatched(bench, { trustedProxies: ["127.0.0.1"] });
    await call("/keyed", [["X-Forwarded-For", "203.0.113.7"]]);
    assert.deepEqual(bench.warnings, []);
  },

  "a key in the query string is told once, and never printed": async (bench) => {
    const { call, key } = await serveWatched(bench);
    await call(`/limited?page=2&q=sk_live_things`);
    assert.deepEqual(bench.warnings, []);
    await call(`/limited?page=2&api_key=${key}`);
    await call(`/keyed?token=${key}`);
    assert.deepEqual(bench.warnings, ["key-in-query-string"]);
  },

  "a limit charged twice in one request is told once; another subject or another limit is fine": async (
    bench,
  ) => {
    const { call } = await serveWatched(bench);
    await call("/two-limits");
    assert.deepEqual(bench.warnings, []);
    await call("/twice");
    await call("/twice");
    assert.deepEqual(bench.warnings, ["double-count"]);
  },

  "middlewares built while requests are served are told once, after a few": async (bench) => {
    const { framework } = bench;
    const { call, tenon } = await serveWatched(bench);
    for (let count = 0; count < 50; count += 1) framework.requireApiKey(tenon);
    assert.deepEqual(bench.warnings, []);
    await call("/keyed");
    for (let count = 0; count < 10; count += 1) framework.requireApiKey(tenon);
    assert.deepEqual(bench.warnings, []);
    for (let count = 0; count < 10; count += 1) framework.rateLimit(tenon, { limits: [minute] });
    assert.deepEqual(bench.warnings, ["middleware-built-per-request"]);
  },

  "each warning can be switched off, and all of them": async (bench) => {
    const disable: DoctorWarning[] = ["double-count"];
    const some = await serveWatched(bench, { doctor: { disable } });
    await some.call("/twice");
    await some.call(`/keyed?token=${some.key}`);
    assert.deepEqual(bench.warnings, ["key-in-query-string"]);
    const none = await serveWatched(bench, { doctor: false });
    await none.call(`/twice?token=${none.key}`, [["X-Forwarded-For", "203.0.113.7"]]);
    assert.deepEqual(bench.warnings, ["key-in-query-string"]);
    const misspelt = { disable: ["double-counts"] } as unknown as DoctorConfig;
    expectConfigError(() => bench.createTenon({ doctor: misspelt }), "/doctor");
  },
});

async function serveWatched<Middleware, FrameworkRequest>(
  bench: HttpBench<Middleware, FrameworkRequest>,
  config: Parameters<typeof bench.createTenon>[0] = {},
) {
  const { framework } = bench;
  const tenon = bench.createTenon(config);
  const limited = framework.rateLimit(tenon, { limits: [minute] });
  const ofUser = framework.rateLimit(tenon, { limits: [minute], subject: () => "user" });
  const other = framework.rateLimit(tenon, { limits: [{ ...minute, name: "other" }] });
  const guarded = framework.requireApiKey(tenon, { limits: [minute] });
  const send = await bench.serve([
    { method: "GET", path: "/limited", middlewares: [limited] },
    { method: "GET", path: "/keyed", middlewares: [guarded, guarded] },
    { method: "GET", path: "/two-limits", middlewares: [limited, ofUser, other, guarded] },
    { method: "GET", path: "/twice", middlewares: [limited, limited, limited] },
  ]);
  const key = await bench.createKey();
  const call = async (path: string, headers: readonly (readonly [string, string])[] = []) => {
    const reply = await send({ path, headers: [["X-API-Key", key], ...headers] });
    assert.equal(reply.status, 200, reply.body);
  };
  return { tenon, key, call };
}
