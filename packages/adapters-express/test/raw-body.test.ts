import { once } from "node:events";
import { createConnection } from "node:net";
import type { ReceivedWebhook } from "@tenon/core/http";
import { signWebhook } from "@tenon/verify-webhook";
import express, { type ErrorRequestHandler, type Express, type Request } from "express";
import express4 from "express-4";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { webhookReceiver } from "../src/index.js";
import { listen } from "./serve-express.js";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = '{"type": "post.published", "data": {}}';
const json = { "content-type": "application/json" };

describe.each([
  ["Express 5", express],
  ["Express 4", express4],
] as const)("%s", (_name, module) => {
  let host: Express;
  let received: ReceivedWebhook[];
  let errors: unknown[];
  const closers: (() => Promise<void>)[] = [];
  const keepEvent = (webhook: ReceivedWebhook) => void received.push(webhook);

  beforeEach(() => {
    host = module();
    received = [];
    errors = [];
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function serve(): Promise<number> {
    host.post("/hooks", webhookReceiver({ secrets: secret, onEvent: keepEvent }));
    host.use(((error, _req, res, _next) => {
      errors.push(error);
      res.status(500).end();
    }) satisfies ErrorRequestHandler);
    const { port, close } = await listen(host);
    closers.push(close);
    return port;
  }

  async function post(headers: Readonly<Record<string, string>>): Promise<Response> {
    return fetch(`http://127.0.0.1:${await serve()}/hooks`, { method: "POST", body, headers });
  }

  test("an event signed by @tenon/verify-webhook is accepted", async () => {
    expect((await post(await signWebhook(body, { secret }))).status).toBe(204);
    expect(received).toHaveLength(1);
  });

  test("an event signed by standardwebhooks is accepted", async () => {
    const sentAt = new Date();
    const signature = new StandardWebhook(secret).sign("msg_1", sentAt, body);
    const timestamp = String(Math.floor(sentAt.getTime() / 1000));
    const headers = { "webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": signature };
    expect((await post({ ...json, ...headers })).status).toBe(204);
    expect(received[0]).toMatchObject({ id: "msg_1", event: JSON.parse(body) });
  });

  test("express.raw in front is fine", async () => {
    host.use(module.raw({ type: () => true }));
    expect((await post({ ...json, ...(await signWebhook(body, { secret })) })).status).toBe(204);
  });

  test("a parser that keeps the bytes in req.rawBody is fine", async () => {
    const verify = (req: Request & { rawBody?: Uint8Array }, _res: unknown, bytes: Uint8Array) => {
      req.rawBody = bytes;
    };
    host.use(module.json({ verify: verify as never }));
    expect((await post({ ...json, ...(await signWebhook(body, { secret })) })).status).toBe(204);
  });

  test.each(["json", "text"] as const)(
    "after express.%s, the reply says how to mount the receiver",
    async (parser) => {
      host.use(module[parser]({ type: () => true }));
      const reply = await post({ ...json, ...(await signWebhook(body, { secret })) });
      expect(reply.status).toBe(500);
      const problem = (await reply.json()) as { readonly code: string; readonly detail: string };
      expect(problem.code).toBe("RAW_BODY_REQUIRED");
      expect(problem.detail).toContain("above app.use(express.json())");
      expect(problem.detail).toContain("express.json({ verify:");
      expect(received).toEqual([]);
    },
  );

  test("a parser that left this content type alone does no harm", async () => {
    host.use(module.json());
    const headers = {
      "content-type": "application/webhook+octets",
      ...(await signWebhook(body, { secret })),
    };
    expect((await post(headers)).status).toBe(204);
  });

  test("a sender that never stops is answered 413 while it is still sending", async () => {
    const socket = createConnection(await serve(), "127.0.0.1");
    socket.write("POST /hooks HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n");
    const chunk = `${(1024 * 1024).toString(16)}\r\n${"x".repeat(1024 * 1024)}\r\n`;
    socket.write(chunk + chunk);
    const [reply] = await once(socket, "data");
    expect(String(reply)).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  test("a sender that goes away in the middle reaches the host's error handler", async () => {
    const socket = createConnection(await serve(), "127.0.0.1");
    socket.write("POST /hooks HTTP/1.1\r\nhost: h\r\ncontent-length: 100\r\n\r\nabc", () => socket.end());
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    expect(errors).toMatchObject([{ code: "INVALID_REQUEST" }]);
  });
});
