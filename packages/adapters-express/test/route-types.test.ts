import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import express, { type ErrorRequestHandler, type RequestHandler } from "express";
import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { rateLimit, requireApiKey, webhookReceiver } from "../src/index.js";

const tenon = createTenon({ storage: memoryStorage() });
const limits = [{ name: "minute", limit: 10, windowSeconds: 60 }];

test("a guarded route knows its tenant and its own parameters", () => {
  const app = express();
  const guards = [requireApiKey(tenon), rateLimit(tenon, { limits })] as const;
  app.get("/posts/:postId", ...guards, (req, res) => {
    expectTypeOf(req.tenon.tenantId).toBeString();
    expectTypeOf(req.params).toEqualTypeOf<{ postId: string }>();
    res.end();
  });
  expectTypeOf(requireApiKey(tenon)).toExtend<RequestHandler>();
});

test("a handler knows the event of its type, and a type that isn't among `events` is found by the compiler", () => {
  const secrets = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const events = { "post.published": z.object({ postId: z.string() }) };
  webhookReceiver({
    secrets,
    events,
    transaction: (run: (client: { readonly name: string }) => Promise<void>) => run({ name: "tx" }),
    seen: (_id, client) => client.name === "seen",
    on: {
      "post.published": ({ id, event }, req, client) => {
        expectTypeOf(id).toBeString();
        expectTypeOf(event).toEqualTypeOf<{ postId: string }>();
        expectTypeOf(req).toEqualTypeOf<express.Request>();
        expectTypeOf(client.name).toBeString();
      },
    },
    onEvent: ({ event }) => void expectTypeOf(event).toBeUnknown(),
  });
  // @ts-expect-error a slip of the pen
  expect(() => webhookReceiver({ secrets, events, on: { "post.publishd": () => {} } })).toThrow(
    "/on/post.publishd",
  );
});

test("a middleware shows its name in Express's listings", () => {
  expect([requireApiKey(tenon).name, rateLimit(tenon, { limits }).name]).toEqual([
    "requireApiKey",
    "rateLimit",
  ]);
});

test("on a server without client addresses, rateLimit asks for a subject", async () => {
  const errors: unknown[] = [];
  const app = express();
  app.get("/address", rateLimit(tenon, { limits }), (_req, res) => void res.end());
  app.get(
    "/subject",
    rateLimit(tenon, { limits, subject: () => "everybody" }),
    (_req, res) => void res.end(),
  );
  app.use(((error, _req, res, _next) => {
    errors.push(error);
    res.status(500).end();
  }) satisfies ErrorRequestHandler);

  const folder = await mkdtemp(join(tmpdir(), "tenon-"));
  const socketPath = join(folder, "http.sock");
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const get = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request({ socketPath, path, agent: false }, (incoming) => {
        incoming.resume().once("end", () => resolve(incoming.statusCode));
      });
      outgoing.once("error", reject).end();
    });
  try {
    expect(await get("/subject")).toBe(200);
    expect(await get("/address")).toBe(500);
    expect(String(errors[0])).toMatch(/ConfigError.*\/subject/);
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});
