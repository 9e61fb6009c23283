import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { ReceivedWebhook } from "@tenon/core/http";
import { expectConfigError, expectProblem } from "./expect-problem.js";
import type { HttpBench } from "./http-bench.js";
import type { HttpCases } from "./http-contract.js";
import type { SentRequest } from "./send-request.js";
import { event, serveReceiver } from "./webhook-cases.js";
import { createSeenIds } from "./webhook-handling-cases.js";

type SignatureProfile = ReceivedWebhook["profile"];

/** The formats of `@tenon/verify-webhook/providers`, which the contract has the adapter receive. */
export type WebhookProviders = Readonly<Record<"github" | "shopify" | "slack" | "stripe", SignatureProfile>>;

const SECRET = "it's a secret to everybody";

export const webhookProfileCases: HttpCases = () => ({
  "Stripe's events are received, once each by the id in the body": async (bench) => {
    const body = '{"id":"evt_1","type":"charge.succeeded"}';
    await expectProvider(bench, "stripe", {
      body,
      sign: (seconds) => [["Stripe-Signature", `t=${seconds},v1=${mac(`${seconds}.${body}`)}`]],
      idOf: (received) => (received as { readonly id: string }).id,
      id: "evt_1",
      signsTime: true,
    });
  },

  "GitHub's events are received, once each by the delivery's id": async (bench) => {
    const body = '{"action":"opened"}';
    await expectProvider(bench, "github", {
      body,
      sign: () => [
        ["X-Hub-Signature-256", `sha256=${mac(body)}`],
        ["X-GitHub-Delivery", "72d3162e"],
      ],
      idOf: (_, readHeader) => readHeader("x-github-delivery"),
      id: "72d3162e",
      signsTime: false,
    });
  },

  "Slack's commands are received, once each by the trigger's id": async (bench) => {
    const body = "command=%2Fpost&trigger_id=13.3";
    await expectProvider(bench, "slack", {
      body,
      sign: (seconds) => [
        ["X-Slack-Request-Timestamp", seconds],
        ["X-Slack-Signature", `v0=${mac(`v0:${seconds}:${body}`)}`],
      ],
      parse: (text) => Object.fromEntries(new URLSearchParams(text)),
      idOf: (received) => (received as { readonly trigger_id: string }).trigger_id,
      id: "13.3",
      signsTime: true,
    });
  },

  "Shopify's webhooks are received, once each by the event's id": async (bench) => {
    const body = '{"id":820982911946154508}';
    await expectProvider(bench, "shopify", {
      body,
      sign: () => [
        ["X-Shopify-Hmac-SHA256", mac(body, "base64")],
        ["X-Shopify-Event-Id", "98880550"],
      ],
      idOf: (_, readHeader) => readHeader("x-shopify-event-id"),
      id: "98880550",
      signsTime: false,
    });
  },

  "while a sender moves from one format to another, both are received": async (bench) => {
    const profiles = [bench.providers.stripe, bench.providers.github];
    const { send, received } = await serveReceiver(bench, { secrets: SECRET, profiles, idOf: () => "1" });
    const headers = [["X-Hub-Signature-256", `sha256=${mac("{}")}`]] as const;
    assert.equal((await send({ method: "POST", path: "/hooks", headers, body: "{}" })).status, 204);
    assert.equal(received[0]?.profile, bench.providers.github);
    expectProblem(await send(event()), 401, "SIGNATURE_INVALID");
  },

  "an event in which no id is found is answered 400 and not handed on": async (bench) => {
    const codes: string[] = [];
    for (const id of [undefined, "", "x".repeat(257)]) {
      const { send, received } = await serveReceiver(bench, {
        secrets: SECRET,
        profiles: bench.providers.github,
        idOf: () => id,
        onRefused: ({ code }) => void codes.push(code),
      });
      const headers = [["X-Hub-Signature-256", `sha256=${mac("{}")}`]] as const;
      const reply = await send({ method: "POST", path: "/hooks", headers, body: "{}" });
      expectProblem(reply, 400, "VALIDATION_FAILED");
      assert.deepEqual(received, []);
    }
    assert.deepEqual(codes, ["missing_id", "missing_id", "missing_id"]);
  },

  "formats that can't work are found when the receiver is built": async ({ framework, providers }) => {
    const { github, stripe } = providers;
    const build = (options: object) => () =>
      framework.webhookReceiver({ secrets: SECRET, onEvent: () => {}, idOf: () => "1", ...options });
    expectConfigError(build({ profiles: [] }), "/profiles");
    expectConfigError(build({ profiles: {} }), "/profiles");
    expectConfigError(build({ profiles: [stripe, { ...github, content: "{body}{body}" }] }), "/profiles/1");
    expectConfigError(build({ profiles: [github, stripe, github] }), "/profiles/2");
    expectConfigError(build({ profiles: [github], idOf: undefined }), "/idOf");
    expectConfigError(build({ profiles: github, toleranceSeconds: 60 }), "/toleranceSeconds");
    expectConfigError(build({ profiles: github, secrets: "" }), "/secrets");
    expectConfigError(build({ profiles: [{ ...github, key: "whsec" }, stripe] }), "/secrets");
    build({ profiles: [github, stripe], toleranceSeconds: 60 })();
  },
});

function mac(content: string, encoding: "hex" | "base64" = "hex"): string {
  return createHmac("sha256", SECRET).update(content).digest(encoding);
}

interface SentByProvider {
  readonly body: string;
  readonly sign: (seconds: string) => readonly (readonly [string, string])[];
  readonly idOf: (received: unknown, readHeader: (name: string) => string | undefined) => string | undefined;
  readonly parse?: (text: string) => unknown;
  readonly id: string;
  readonly signsTime: boolean;
}

/** Sends twice what the provider would, then something changed, then something old. */
async function expectProvider<Middleware, FrameworkRequest>(
  bench: HttpBench<Middleware, FrameworkRequest>,
  provider: keyof WebhookProviders,
  { body, sign, idOf, parse = JSON.parse, id, signsTime }: SentByProvider,
): Promise<void> {
  const profile = bench.providers[provider];
  const { send, received } = await serveReceiver(bench, {
    ...createSeenIds().options,
    secrets: ["another's secret", SECRET],
    profiles: profile,
    parse,
    idOf: (event, request) => idOf(event, (name) => bench.framework.readHeader(request, name)),
  });
  const now = Math.floor(Date.now() / 1000);
  const sent = (seconds: number): SentRequest => ({
    method: "POST",
    path: "/hooks",
    headers: [["content-type", "application/octet-stream"], ...sign(String(seconds))],
    body,
  });
  assert.equal((await send(sent(now))).status, 204);
  assert.equal((await send(sent(now))).status, 204);
  expectProblem(await send({ ...sent(now), body: `${body} ` }), 401, "SIGNATURE_INVALID");
  const old = await send(sent(now - 330));
  assert.equal(old.status, signsTime ? 401 : 204);
  assert.equal(received.length, 1);
  const [first] = received;
  assert.deepEqual([first?.id, first?.event, first?.profile], [id, parse(body), profile]);
  assert.equal(first?.timestamp?.getTime(), signsTime ? now * 1000 : undefined);
}
