import { readdirSync, readFileSync } from "node:fs";
import { signWebhook } from "@tenon/verify-webhook";
import type { Express } from "express";
import { afterEach, expect, test, vi } from "vitest";
import { listen } from "./serve-express.js";

const snippets = new URL("./snippets/", import.meta.url);
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0)) await close();
});

async function serve(app: Express): Promise<string> {
  const { port, close } = await listen(app);
  closers.push(close);
  return `http://127.0.0.1:${port}`;
}

test("every code block is a file that the tests below run, word for word", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  const files = readdirSync(snippets).map((name) => readFileSync(new URL(name, snippets), "utf8"));
  expect(blocks.toSorted()).toEqual(files.toSorted());
});

test("the guarded routes answer as told", async () => {
  const { app, tenon } = await import("./snippets/guarded-routes.js");
  const url = await serve(app);
  const key = await tenon.apiKeys.create({ tenantId: "acme", name: "Zapier", scopes: ["posts:read"] });
  const headers = { authorization: `Bearer ${key.secret.reveal()}` };
  const get = async (path: string, init: RequestInit = { headers }) => {
    const reply = await fetch(url + path, init);
    return [
      reply.status,
      reply.headers.get("content-type")?.includes("json") ? await reply.json() : undefined,
    ];
  };
  expect(await get("/posts")).toEqual([200, { tenantId: "acme", scopes: ["posts:read"] }]);
  expect(await get("/posts", {})).toMatchObject([401, { code: "UNAUTHORIZED" }]);
  expect(await get("/posts/7/export")).toEqual([
    200,
    { postId: "7", left: [{ name: "export", remaining: 1 }] },
  ]);
  expect(await get("/posts/7/export")).toMatchObject([200, {}]);
  expect(await get("/posts/8/export")).toMatchObject([429, { code: "RATE_LIMITED" }]);
  expect(await get("/status", {})).toEqual([200, { ok: true }]);
});

test("an API keeps its own header and its own words", async () => {
  const { app, tenon } = await import("./snippets/host-conventions.js");
  const url = `${await serve(app)}/public/progress`;
  const { secret } = await tenon.apiKeys.create({ tenantId: "acme", name: "Zapier", scopes: [] });
  const present = (name: string) => fetch(url, { headers: { [name]: secret.reveal() } });
  expect(await (await present("X-Aivo-Api-Key")).json()).toEqual({ key: "Zapier" });
  const refused = await present("X-API-Key");
  expect([refused.status, await refused.json()]).toEqual([
    401,
    { statusCode: 401, message: "Send an API key: `X-Aivo-Api-Key: <key>`." },
  ]);
});

test("keys and the host's own tokens share a header", async () => {
  const { app, tenon } = await import("./snippets/keys-beside-jwt.js");
  const url = `${await serve(app)}/me`;
  const { secret } = await tenon.apiKeys.create({ tenantId: "acme", name: "Zapier", scopes: [] });
  const get = async (token?: string) => {
    const reply = await fetch(
      url,
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    );
    return [reply.status, await reply.json()];
  };
  expect(await get(secret.reveal())).toEqual([200, { tenantId: "acme" }]);
  expect(await get("header.payload.signature")).toEqual([200, { userId: "ada" }]);
  expect(await get("header.payload.forged")).toEqual([401, { message: "Log in first." }]);
  expect(await get()).toMatchObject([401, { code: "UNAUTHORIZED" }]);
});

test("the receiver keeps an event that is signed, and no other", async () => {
  vi.stubEnv("WEBHOOK_SECRET", secret);
  const { app, posts } = await import("./snippets/receive-webhooks.js");
  const url = `${await serve(app)}/webhooks`;
  const body = JSON.stringify({ type: "post.published", data: { postId: "42" } });
  const headers = {
    "content-type": "application/json",
    ...(await signWebhook(body, { secret, id: "msg_1" })),
  };
  expect((await fetch(url, { method: "POST", body, headers })).status).toBe(204);
  expect((await fetch(url, { method: "POST", body: "{}", headers })).status).toBe(401);
  expect([...posts]).toEqual([["msg_1", JSON.parse(body)]]);
});
