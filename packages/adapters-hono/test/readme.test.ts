import { createHmac, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { signWebhook } from "@tenon/verify-webhook";
import type { Hono } from "hono";
import { SignJWT } from "jose";
import pg from "pg";
import { afterEach, expect, inject, test, vi } from "vitest";
import { listen } from "./serve-hono.js";

const snippets = new URL("./snippets/", import.meta.url);
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0)) await close();
});

async function serve(app: Hono): Promise<string> {
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

test("the management API answers whoever a token names, for the tenant it names", async () => {
  const jwtSecret = "a secret of thirty-two bytes or more";
  vi.stubEnv("JWT_SECRET", jwtSecret);
  vi.stubEnv("TENON_VAULT_KEY", "a passphrase of thirty-two characters or more");
  const { app, tenon } = await import("./snippets/manage.js");
  const url = `${await serve(app)}/integrations/api-keys`;
  const token = await new SignJWT({ sub: "ada", tenant: "acme" })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(jwtSecret));
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ name: "Zapier", scopes: [] });
  const created = await fetch(url, { method: "POST", headers, body });
  const { id, key } = (await created.json()) as { id: string; key: string };
  expect([created.status, created.headers.get("location")]).toEqual([201, `/integrations/api-keys/${id}`]);
  expect(await tenon.apiKeys.authenticate({ key })).toMatchObject({ ok: true, key: { tenantId: "acme" } });
  expect((await fetch(url)).status).toBe(401);
  const retries = `${new URL(url).origin}/retries`;
  expect(await (await fetch(retries, { headers })).json()).toEqual({ count: 0, isExact: true });
  expect((await fetch(retries)).status).toBe(401);
});

test("the management API speaks the host's own words", async () => {
  vi.stubEnv("TENON_VAULT_KEY", "a passphrase of thirty-two characters or more");
  const { app } = await import("./snippets/manage-presented.js");
  const url = `${await serve(app)}/admin/webhooks`;
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ url: "https://example.com/hook", types: ["post.published"] });
  const created = await fetch(url, { method: "POST", headers, body });
  const { data } = (await created.json()) as { data: { id: string } };
  expect(data).toMatchObject({ isEnabled: true, types: ["post.published"] });
  expect(await (await fetch(`${url}/${data.id}/deliveries`)).json()).toEqual({ success: true, data: [] });
  const deleted = await fetch(`${url}/${data.id}`, { method: "DELETE" });
  expect([deleted.status, await deleted.json()]).toEqual([200, { success: true, data: null }]);
  const gone = await fetch(`${url}/${data.id}`, { method: "DELETE" });
  expect([gone.status, await gone.json()]).toMatchObject([404, { error: { code: "WEBHOOK_NOT_FOUND" } }]);
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

test("each event is acted on once, and one that failed is acted on when it comes again", async () => {
  const database = new URL(inject("postgres").url);
  const admin = new pg.Client({ connectionString: database.href });
  await admin.connect();
  const name = `tenon_test_${randomBytes(8).toString("hex")}`;
  await admin.query(`CREATE SCHEMA ${name}`);
  database.searchParams.set("options", `-c search_path=${name}`);
  vi.stubEnv("DATABASE_URL", database.href);
  vi.stubEnv("WEBHOOK_SECRET", secret);
  const { app, db } = await import("./snippets/receive-once.js");
  try {
    for (const table of ["received_webhooks", "posts"])
      await db.schema
        .createTable(table)
        .addColumn("id", "text", (id) => id.primaryKey())
        .execute();
    const url = `${await serve(app)}/webhooks`;
    const send = async (id: string, event: object) => {
      const body = JSON.stringify(event);
      const reply = await fetch(url, {
        method: "POST",
        body,
        headers: await signWebhook(body, { secret, id }),
      });
      return reply.status;
    };
    const listIds = async (table: "received_webhooks" | "posts") =>
      (await db.selectFrom(table).select("id").orderBy("id").execute()).map(({ id }) => id);
    const published = { type: "post.published", data: { postId: "42" } };

    const copies = await Promise.all(Array.from({ length: 8 }, () => send("msg_1", published)));
    expect(copies).toEqual(copies.map(() => 204));
    expect([await listIds("received_webhooks"), await listIds("posts")]).toEqual([["msg_1"], ["42"]]);

    // The post is there already: its handler fails, and so does the mark.
    vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await send("msg_2", published)).toBe(500);
    expect(await listIds("received_webhooks")).toEqual(["msg_1"]);
    await db.deleteFrom("posts").execute();
    expect(await send("msg_2", published)).toBe(204);
    expect([await listIds("received_webhooks"), await listIds("posts")]).toEqual([
      ["msg_1", "msg_2"],
      ["42"],
    ]);

    expect(await send("msg_3", { type: "post.published", data: {} })).toBe(400);
    expect(await send("msg_4", { type: "post.deleted" })).toBe(204);
    expect(await listIds("received_webhooks")).toEqual(["msg_1", "msg_2"]);
  } finally {
    vi.restoreAllMocks();
    await db.destroy();
    await admin.query(`DROP SCHEMA ${name} CASCADE`);
    await admin.end();
  }
});

test("GitHub's events are received by type", async () => {
  vi.stubEnv("GITHUB_SECRET", "hush");
  const { app, pushes, refusals } = await import("./snippets/receive-github.js");
  const url = `${await serve(app)}/webhooks`;
  const body = '{"ref":"refs/heads/main"}';
  const send = async (type: string, key: string) => {
    const headers = {
      "x-hub-signature-256": `sha256=${createHmac("sha256", key).update(body).digest("hex")}`,
      "x-github-event": type,
      "x-github-delivery": "72d3162e",
    };
    return (await fetch(url, { method: "POST", body, headers })).status;
  };
  expect([await send("push", "hush"), await send("ping", "hush"), await send("push", "other")]).toEqual([
    204, 204, 401,
  ]);
  expect([pushes, refusals]).toEqual([["72d3162e"], ["no_matching_signature"]]);
});
