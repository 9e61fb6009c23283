import type { ReceivedWebhook } from "@tenon/core/http";
import { signWebhook } from "@tenon/verify-webhook";
import { type Context, Hono } from "hono";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { webhookReceiver } from "../src/index.js";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = '{"type": "post.published", "data": {}}';

async function receive(
  readFirst: (c: Context) => Promise<unknown>,
  sent: {
    readonly body: string | Uint8Array<ArrayBuffer>;
    readonly headers: Readonly<Record<string, string>>;
  },
) {
  const received: ReceivedWebhook[] = [];
  const app = new Hono();
  app.use(async (c, next) => {
    await readFirst(c);
    await next();
  });
  app.post(
    "/hooks",
    webhookReceiver({
      secrets: secret,
      maxBodyBytes: 100,
      onEvent: (webhook) => void received.push(webhook),
    }),
  );
  const reply = await app.request("/hooks", { method: "POST", ...sent });
  return { reply, received };
}

const signed = async (content = body) => ({
  body: content,
  headers: { ...(await signWebhook(content, { secret })) },
});

describe("what Hono kept of an earlier reading is verified as the bytes that came", () => {
  test.each<[string, (c: Context) => Promise<unknown>]>([
    ["nothing", async () => {}],
    ["c.req.json()", (c) => c.req.json()],
    ["c.req.text()", (c) => c.req.text()],
    ["c.req.arrayBuffer()", (c) => c.req.arrayBuffer()],
    ["c.req.blob()", (c) => c.req.blob()],
  ])("%s", async (_, readFirst) => {
    const { reply, received } = await receive(readFirst, await signed());
    expect(reply.status).toBe(204);
    expect(received).toHaveLength(1);
  });

  test("the limit holds for them too", async () => {
    const { reply } = await receive((c) => c.req.text(), await signed(`{"a":"${"x".repeat(100)}"}`));
    expect(reply.status).toBe(413);
  });
});

test("a body larger than it says is refused by what came", async () => {
  const large = await signed(`{"a":"${"x".repeat(100)}"}`);
  for (const headers of [
    { ...large.headers, "content-length": "50" },
    { ...large.headers, "content-length": "50", "transfer-encoding": "chunked" },
  ]) {
    const { reply, received } = await receive(async () => {}, { ...large, headers });
    expect(reply.status).toBe(413);
    expect(received).toEqual([]);
  }
});

test.each<[string, (c: Context) => Promise<unknown>, string | Uint8Array<ArrayBuffer>]>([
  ["the raw request was read", (c) => c.req.raw.text(), body],
  ["text was read that wasn't UTF-8", (c) => c.req.text(), Uint8Array.of(0x22, 0xff, 0x22)],
])("when %s, the reply says what to do", async (_, readFirst, content) => {
  const { reply, received } = await receive(readFirst, { ...(await signed()), body: content });
  expect(reply.status).toBe(500);
  const problem = (await reply.json()) as { readonly code: string; readonly detail: string };
  expect(problem.code).toBe("RAW_BODY_REQUIRED");
  expect(problem.detail).toContain("Register the route of webhookReceiver above");
  expect(received).toEqual([]);
});

test("an event signed by standardwebhooks is accepted", async () => {
  const sentAt = new Date();
  const { reply, received } = await receive(async () => {}, {
    body,
    headers: {
      "webhook-id": "msg_1",
      "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1000)),
      "webhook-signature": new StandardWebhook(secret).sign("msg_1", sentAt, body),
    },
  });
  expect(reply.status).toBe(204);
  expect(received[0]).toMatchObject({ id: "msg_1", event: JSON.parse(body) });
});
