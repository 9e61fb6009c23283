import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { Hono, type MiddlewareHandler } from "hono";
import { afterEach, expect, test } from "vitest";
import { findCaller, requireApiKey } from "../src/index.js";
import { listen } from "./serve-hono.js";

const tenon = createTenon({ storage: memoryStorage() });

const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function createKey(tenantId: string): Promise<string> {
  const { secret } = await tenon.apiKeys.create({ tenantId, name: "Zapier", scopes: [] });
  return secret.reveal();
}

/** Calls a guarded route behind a middleware, once so that the adapter knows the server, and returns the second answer. */
async function callBehind(middleware: MiddlewareHandler, headers: Record<string, string>): Promise<unknown> {
  const app = new Hono();
  app.get("/plain", requireApiKey(tenon), (c) => c.text(c.get("tenon").tenantId));
  app.get("/", middleware, requireApiKey(tenon), (c) => c.json(findCaller(c)?.tenantId));
  const server = await listen(app);
  servers.push(server);
  const url = `http://127.0.0.1:${server.port}`;
  const plain = await fetch(`${url}/plain`, { headers: { "x-api-key": await createKey("plain") } });
  expect(await plain.text()).toBe("plain");
  return (await fetch(`${url}/`, { headers })).json();
}

test("on Node a key that a middleware sets on the request's headers is the one that is read", async () => {
  const ours = await createKey("set-by-host");
  const answer = await callBehind(
    async (c, next) => {
      c.req.raw.headers.set("X-API-Key", ours);
      await next();
    },
    { "x-api-key": await createKey("from-outside") },
  );
  expect(answer).toBe("set-by-host");
});

test("on Node a key that a middleware takes away is not read", async () => {
  const answer = await callBehind(
    async (c, next) => {
      c.req.raw.headers.delete("Authorization");
      await next();
    },
    { authorization: `Bearer ${await createKey("from-outside")}` },
  );
  expect(answer).toMatchObject({ status: 401 });
});

test("on Node the headers of a request that a middleware puts in the place of another are the ones that are read", async () => {
  const ours = await createKey("replaced");
  const answer = await callBehind(
    async (c, next) => {
      c.req.raw = new Request(c.req.raw, { headers: { "X-API-Key": ours } });
      await next();
    },
    { "x-api-key": await createKey("from-outside") },
  );
  expect(answer).toBe("replaced");
});

test("on Node headers that a middleware only looks at are read all the same", async () => {
  const answer = await callBehind(
    async (c, next) => {
      expect(c.req.header("user-agent")).toBeDefined();
      await next();
    },
    { "x-api-key": await createKey("from-outside") },
  );
  expect(answer).toBe("from-outside");
});
