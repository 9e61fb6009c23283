import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { type Context, Hono, type MiddlewareHandler } from "hono";
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

const changes: readonly (readonly [string, (ours: string) => (c: Context) => void, unknown])[] = [
  ["sets is the one that is read", (ours) => (c) => c.req.raw.headers.set("X-API-Key", ours), "ours"],
  ["takes away is not read", () => (c) => c.req.raw.headers.delete("X-API-Key"), undefined],
  [
    "puts on another request is the one that is read",
    (ours) => (c) => {
      c.req.raw = new Request(c.req.raw, { headers: { "X-API-Key": ours } });
    },
    "ours",
  ],
  ["only looks at is read all the same", () => (c) => void c.req.header("X-API-Key"), "from-outside"],
];

test.each(changes)("on Node a key that a middleware %s", async (_what, changeBy, tenantId) => {
  const change = changeBy(await createKey("ours"));
  const middleware: MiddlewareHandler = async (c, next) => {
    change(c);
    await next();
  };
  const answer = await callBehind(middleware, { "x-api-key": await createKey("from-outside") });
  expect(answer).toEqual(tenantId === undefined ? expect.objectContaining({ status: 401 }) : tenantId);
});
