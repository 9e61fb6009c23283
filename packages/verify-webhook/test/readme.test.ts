import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type SignatureProfile, signWebhook, standardWebhooks } from "../src/index.js";
import { slack, stripe } from "../src/providers/index.js";
import { webhookVectors } from "./vectors.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const snippets = new URL("./snippets/", import.meta.url);
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const servers: Server[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close();
});

test("every code block is a file that the tests below run, word for word", () => {
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  const files = readdirSync(snippets).map((name) => readFileSync(new URL(name, snippets), "utf8"));
  expect(blocks.toSorted()).toEqual(files.toSorted());
});

test("the table names every code", () => {
  const rows = [...readme.matchAll(/^\| `(\w+_\w+)` +\|/gm)].map(([, code]) => code);
  const codes = webhookVectors.flatMap((vector) => (vector.expect.ok ? [] : [vector.expect.code]));
  expect(rows.toSorted()).toEqual([...new Set(codes)].sort());
});

describe("the Express example", () => {
  test("receives what the testing example sends, and refuses another secret", async () => {
    vi.stubEnv("WEBHOOK_SECRET", secret);
    const { app } = await import("./snippets/express.js");
    const { sendTestWebhook } = await import("./snippets/send-test-webhook.js");
    const url = `${await listen(app)}/webhooks`;

    const accepted = await sendTestWebhook(url, secret);
    expect(accepted.status).toBe(200);
    expect(await accepted.json()).toEqual({ received: expect.stringMatching(/^msg_/) });

    const refused = await sendTestWebhook(url, `whsec_${Buffer.alloc(24).toString("base64")}`);
    expect([refused.status, await refused.text()]).toEqual([400, "no_matching_signature"]);
    expect(await (await fetch(url, { method: "POST" })).text()).toMatch(/payload_not_raw|missing_header/);
  });
});

describe("the Hono example", () => {
  test("types, receives and refuses", async () => {
    const { app, receiveWebhook } = await import("./snippets/hono.js");
    const post = async (body: string) => {
      const request = new Request("http://localhost/webhooks", {
        method: "POST",
        body,
        headers: await signWebhook(body, { secret }),
      });
      return app.request(request, undefined, { WEBHOOK_SECRET: secret });
    };
    const accepted = await post(JSON.stringify({ type: "post.published", data: { postId: "42" } }));
    expect(await accepted.json()).toEqual({ received: "42" });
    const refused = await post(JSON.stringify({ type: "post.deleted" }));
    expect([refused.status, await refused.text()]).toEqual([400, "schema_mismatch"]);
    const unsigned = new Request("http://localhost/", { method: "POST", body: "{}" });
    expect(await (await receiveWebhook(unsigned, [secret])).text()).toBe("missing_header");
  });
});

describe("the examples of other wire formats", () => {
  test("receive both formats of a sender that moves, and a provider's", async () => {
    const { receiveEither } = await import("./snippets/profiles.js");
    const { receiveStripe, receiveSlackCommand } = await import("./snippets/providers.js");
    const request = async (body: string, profile: SignatureProfile) =>
      new Request("http://localhost/", {
        method: "POST",
        body,
        headers: await signWebhook(body, { secret, profile }),
      });
    const legacy: SignatureProfile = {
      headers: { timestamp: "x-example-timestamp", signature: "x-example-signature" },
      content: "{timestamp}.{body}",
      timestampUnit: "milliseconds",
      encoding: "hex",
      prefix: "sha256=",
      key: "utf8",
    };
    for (const [profile, isLegacy] of [
      [standardWebhooks, false],
      [legacy, true],
    ] as const) {
      const response = await receiveEither(await request("{}", profile), secret);
      expect(await response.json()).toEqual({ isLegacy, event: {} });
    }
    expect(await (await receiveStripe(await request('{"id":"evt_1"}', stripe), secret)).json()).toEqual({
      id: "evt_1",
    });
    const command = await request("command=%2Fdeploy&text=now", slack);
    expect(await (await receiveSlackCommand(command, secret)).json()).toEqual({
      command: "/deploy",
      text: "now",
    });
    expect((await receiveStripe(await request("{}", slack), secret)).status).toBe(400);
    expect((await receiveSlackCommand(await request("", stripe), secret)).status).toBe(401);
  });
});

async function listen(app: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(app as never);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
