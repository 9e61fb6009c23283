import { createServer, type IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import express from "express";
import express4 from "express-4";
import { describe, expect, test } from "vitest";
import { findCaller, requireApiKey } from "../src/index.js";
import { listen } from "./serve-express.js";

const tenon = createTenon({ storage: memoryStorage() });
const guard = requireApiKey(tenon);

async function callWithKey(port: number, path = "/"): Promise<unknown> {
  const { secret } = await tenon.apiKeys.create({ tenantId: "acme", name: "Zapier", scopes: [] });
  const headers = { "X-API-Key": secret.reveal() };
  return (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).json();
}

async function answerOf(app: express.Express, path?: string): Promise<unknown> {
  const { port, close } = await listen(app);
  try {
    return await callWithKey(port, path);
  } finally {
    await close();
  }
}

describe.each([
  ["5", express],
  ["4", express4],
])("the caller on a request of Express %s", (_version, framework) => {
  test("goes along from a mounted app to the one around it, and stays away from routes without a guard", async () => {
    const app = framework();
    const mounted = framework();
    mounted.use("/guarded", guard);
    app.use("/mounted", mounted);
    app.use((req, res) => void res.json({ tenant: findCaller(req)?.tenantId ?? null }));
    expect(await answerOf(app, "/mounted/guarded")).toEqual({ tenant: "acme" });
    expect(await answerOf(app, "/mounted/open")).toEqual({ tenant: null });
  });

  test("is what was last put there, by the guard or by the host", async () => {
    const app = framework();
    const own = { tenantId: "the host's own" } as express.Request["tenon"];
    app.use((req, _res, next) => {
      req.tenon = own;
      next();
    });
    app.get("/guarded", guard, (req, res) => {
      const { tenantId } = req.tenon;
      req.tenon = own;
      res.json([tenantId, req.tenon.tenantId]);
    });
    app.get("/open", (req, res) => void res.json(req.tenon));
    expect(await answerOf(app, "/guarded")).toEqual(["acme", own.tenantId]);
    expect(await answerOf(app, "/open")).toEqual(own);
  });

  test("stays on an object that a host makes of a request for the guard", async () => {
    const app = framework();
    app.get("/", (req, res, next) => {
      const made: express.Request = Object.create(req);
      guard(made, res, (error) => {
        if (error === undefined) res.json([findCaller(made)?.tenantId, findCaller(req) ?? null]);
        else next(error);
      });
    });
    expect(await answerOf(app)).toEqual(["acme", null]);
  });
});

test("a request that no Express has touched has a caller", async () => {
  const server = createServer((req, res) => {
    guard(req, res, () => res.end(JSON.stringify(findCaller(req)?.tenantId)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  expect(await callWithKey((server.address() as AddressInfo).port)).toBe("acme");
  await new Promise((resolve) => server.close(resolve));
});

test("a request made for tests has a caller, and lends it to no other object", async () => {
  const { secret } = await tenon.apiKeys.create({ tenantId: "acme", name: "Zapier", scopes: [] });
  const req = {
    method: "GET",
    url: "/",
    headers: { "x-api-key": secret.reveal() },
  } as unknown as IncomingMessage;
  await new Promise((resolve) => guard(req, new ServerResponse(req), resolve));
  expect(findCaller(req)?.tenantId).toBe("acme");
  expect("tenon" in {}).toBe(false);
});
