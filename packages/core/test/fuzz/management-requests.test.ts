import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import * as onExpress from "@tenon/adapters-express";
import * as onHono from "@tenon/adapters-hono";
import type { Tenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { postgresStorage } from "@tenon/storage-postgres";
import express from "express";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { envelopedApi, learningApi } from "../../../contract-tests/src/http/management/presented-apis.js";
import { createMigratedDatabase } from "../../../storage-postgres/test/migrated-database.js";
import { TENANT } from "../kit.js";
import { socialApi } from "../management/social-api.js";
import { judgeRequests } from "./judge-requests.js";
import type { Listener } from "./serve-listener.js";

/** At each framework. Far fewer don't reach every operation. */
const RUNS = Number(process.env.TENON_FUZZ_RUNS ?? 2_500);
vi.setConfig({ testTimeout: 120_000 + RUNS * 50 });

const principal = () => ({ tenantId: TENANT, actorId: "ada", permissions: ["*"] });
const openapi = { title: "Acme", version: "1.0.0" };

describe("whatever its description allows or forbids, the management API never fails, answers as described, and changes nothing where it refuses", () => {
  test("on Express", async () => {
    expect(await judgeRequests(RUNS, memoryStorage(), serveExpress())).toEqual([]);
  });

  test("on Hono and PostgreSQL", async () => {
    const database = await createMigratedDatabase();
    onTestFinished(database.drop);
    expect(await judgeRequests(RUNS, postgresStorage({ pool: database.pool }), serveHono)).toEqual([]);
  });

  test.each([
    ["upper-case words and bare lists", learningApi],
    ["fields of other forms", socialApi],
    ["envelopes", envelopedApi],
  ])("presented with %s", async (_name, options) => {
    await judgeRequests(Math.ceil(RUNS / 10), memoryStorage(), serveExpress(options));
  });
});

describe("the requests find a server out that", () => {
  test("shows what nobody described", () =>
    expectFound((reply) => ({ ...reply, text: reply.text.replace('"id":', '"tenantId":"acme","id":') })));

  test("leaves out what it promised", () =>
    expectFound((reply) => ({ ...reply, text: reply.text.replace('"createdAt":', '"madeAt":') })));

  test("answers with a status of its own", () =>
    expectFound((reply) => ({ ...reply, status: reply.status === 404 ? 410 : reply.status })));

  test("does what it should refuse", () =>
    expectFound((reply) => ({ ...reply, status: reply.status === 400 ? 204 : reply.status })));

  test("changes something and refuses it", async () => {
    const judged = judgeRequests(500, memoryStorage(), (tenon, onError) => {
      const listener = serveExpress()(tenon, onError);
      return (request, response) => {
        response.once("finish", () => {
          if (request.method !== "POST" || response.statusCode !== 400) return;
          void tenon.audit.record({ tenantId: TENANT, action: "nobody.asked" });
        });
        listener(request, response);
      };
    });
    await expect(judged).rejects.toThrow();
  });
});

function serveExpress(presentation: Omit<onExpress.ManagementOptions, "principal"> = {}) {
  return (tenon: Tenon, onError: (error: unknown) => void): Listener => {
    const answerError: express.ErrorRequestHandler = (error, _req, res, _next) => {
      onError(error);
      res.status(500).end();
    };
    return express()
      .use("/manage", onExpress.managementApi(tenon, { ...presentation, principal, openapi }))
      .use(answerError);
  };
}

function serveHono(tenon: Tenon, onError: (error: unknown) => void): Listener {
  const app = new Hono().use("/manage/*", onHono.managementApi(tenon, { principal, openapi }));
  app.onError((error, c) => {
    onError(error);
    return c.body(null, 500);
  });
  return getRequestListener(app.fetch);
}

interface WrittenReply {
  readonly status: number;
  readonly text: string;
}

/** Express rewrites `url` while it looks for a route. */
function isJudged(request: IncomingMessage): boolean {
  const { originalUrl = request.url ?? "" } = request as { originalUrl?: string };
  return originalUrl.startsWith("/manage/") && !originalUrl.endsWith("/openapi.json");
}

/** Serves the API with every reply changed, but for its description, and expects that to be noticed. */
async function expectFound(change: (reply: WrittenReply) => WrittenReply): Promise<void> {
  const judged = judgeRequests(500, memoryStorage(), (tenon, onError) => {
    const listener = serveExpress()(tenon, onError);
    return (request: IncomingMessage, response: ServerResponse) => {
      const end = response.end.bind(response);
      response.end = ((body: unknown) => {
        if (!isJudged(request)) return end(body);
        const changed = change({ status: response.statusCode, text: typeof body === "string" ? body : "" });
        response.statusCode = changed.status;
        return end(changed.text);
      }) as typeof response.end;
      listener(request, response);
    };
  });
  await expect(judged).rejects.toThrow(/Property failed/);
}
