import { createTenon, type RequestContext } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { expect, expectTypeOf, test } from "vitest";
import { findCaller, rateLimit, requireApiKey } from "../src/index.js";

const tenon = createTenon({ storage: memoryStorage() });
const limits = [{ name: "minute", limit: 10, windowSeconds: 60 }];

test("a guarded route knows its tenant and its own parameters", async () => {
  const app = new Hono();
  app.get("/posts/:postId", rateLimit(tenon, { limits, subject: () => "all" }), requireApiKey(tenon), (c) => {
    expectTypeOf(c.get("tenon").tenantId).toBeString();
    expectTypeOf(c.req.param("postId")).toBeString();
    return c.text(c.get("tenon").tenantId);
  });
  const { secret } = await tenon.apiKeys.create({ tenantId: "acme", name: "Zapier", scopes: [] });
  const reply = await app.request("/posts/1", { headers: { "X-API-Key": secret.reveal() } });
  expect([reply.status, await reply.text()]).toEqual([200, "acme"]);
});

test("a route that passes foreign tokens on may have no caller, and its types say so", async () => {
  const app = new Hono();
  app.get("/me", requireApiKey(tenon, { foreignBearer: "pass" }), (c) => {
    expectTypeOf(c.get("tenon")).toEqualTypeOf<RequestContext | undefined>();
    expectTypeOf(findCaller(c)).toEqualTypeOf<RequestContext | undefined>();
    return c.json({ isOurs: findCaller(c) !== undefined });
  });
  const reply = await app.request("/me", { headers: { Authorization: "Bearer a.b.c" } });
  expect(await reply.json()).toEqual({ isOurs: false });
});

test("where the runtime tells no address, rateLimit asks for a subject", async () => {
  const errors: unknown[] = [];
  const app = new Hono();
  app.get("/address", rateLimit(tenon, { limits }), (c) => c.text("never"));
  app.onError((error, c) => {
    errors.push(error);
    return c.body(null, 500);
  });
  expect((await app.request("/address")).status).toBe(500);
  expect(String(errors[0])).toMatch(/ConfigError.*\/subject/);
});

test("headers stand on a response that cannot be changed, and beside those the host set on a refusal", async () => {
  const app = new Hono();
  app.use(cors());
  app.use(async (c, next) => {
    c.header("X-Trace", "t1");
    await next();
  });
  app.get("/fetched", rateLimit(tenon, { limits, subject: () => "fetched" }), () =>
    Response.redirect("https://a.example/", 302),
  );
  app.get("/refused", requireApiKey(tenon), (c) => c.text("never"));
  expect((await app.request("/fetched")).headers.get("ratelimit")).toMatch(/^"minute";r=9;t=/);
  const { headers } = await app.request("/refused");
  expect(headers.get("x-trace")).toBe("t1");
  expect(headers.get("access-control-allow-origin")).toBe("*");
  expect(headers.get("content-type")).toBe("application/problem+json");
});

test("a reply without a body that a host gives to several requests keeps the headers of none", async () => {
  const app = new Hono();
  const done = new Response(null, { status: 204 });
  app.get("/:who", rateLimit(tenon, { limits, subject: (c) => `shared-${c.req.param("who")}` }), () => done);
  const remaining = async (who: string) => (await app.request(who)).headers.get("x-ratelimit-remaining");
  expect([await remaining("/a"), await remaining("/a"), await remaining("/b")]).toEqual(["9", "8", "9"]);
  expect([...done.headers]).toEqual([]);
});

test("what the host says in the header that lists limits, before or after a guard, stands beside ours", async () => {
  const app = new Hono();
  app.use("/before", async (c, next) => {
    c.header("RateLimit", '"theirs";r=3;t=1');
    await next();
  });
  const limited = rateLimit(tenon, { limits, subject: (c) => c.req.path });
  app.get("/before", limited, (c) => c.json({}));
  app.get("/after", limited, (c) => c.json({}, 200, { RateLimit: '"theirs";r=3;t=1' }));
  app.get("/raw", limited, () => new Response("{}"));
  const states = async (path: string) => (await app.request(path)).headers.get("ratelimit");
  expect(await states("/before")).toMatch(/^"theirs";r=3;t=1, "minute";r=9;t=\d+$/);
  expect(await states("/after")).toMatch(/^"theirs";r=3;t=1, "minute";r=9;t=\d+$/);
  expect(await states("/raw")).toMatch(/^"minute";r=9;t=\d+$/);
});

test("a reply that Hono makes is not copied for the headers of a guard", async () => {
  const app = new Hono();
  let made: Response | undefined;
  app.get("/", rateLimit(tenon, { limits, subject: () => "not-copied" }), (c) => {
    made = c.json({});
    return made;
  });
  const reply = await app.request("/");
  expect(reply).toBe(made);
  expect(reply.headers.get("x-ratelimit-remaining")).toBe("9");
});
