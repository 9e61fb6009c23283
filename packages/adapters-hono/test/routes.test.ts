import { createTenon, type RequestContext } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { Hono } from "hono";
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
