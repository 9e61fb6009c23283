import assert from "node:assert/strict";
import type { EventSchemas, ReceivedWebhook, WebhookReceiverOptions } from "@tenon/core/http";
import { expectConfigError, expectProblem } from "./expect-problem.js";
import type { HttpBench } from "./http-bench.js";
import type { HttpCases } from "./http-contract.js";
import type { SentRequest } from "./send-request.js";
import { signStandardWebhook } from "./sign-standard-webhook.js";

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const body = '{"type":"post.published","data":{"title":"Grüße"}}';

export const webhookCases: HttpCases = () => ({
  "a signed event is handed on with its id, and answered 204": async (bench) => {
    const { send, received } = await serveReceiver(bench);
    const sentAt = new Date(Math.floor(Date.now() / 1000) * 1000);
    const reply = await send(event({ id: "msg_a", sentAt }));
    assert.deepEqual([reply.status, reply.body], [204, ""]);
    assert.equal(received.length, 1);
    const { profile, ...rest } = received[0] ?? {};
    assert.equal(profile?.headers.signature, "webhook-signature");
    const { type } = JSON.parse(body);
    assert.deepEqual(rest, { id: "msg_a", timestamp: sentAt, type, event: JSON.parse(body) });
  },

  "an event that wasn't signed with the secret, recently and as it is, is answered 401; only the host learns why":
    async (bench) => {
      const codes: string[] = [];
      const { send, received } = await serveReceiver(bench, {
        onRefused: ({ code, message }, request) => {
          assert.ok(message.length > 0);
          codes.push(`${bench.framework.readHeader(request, "x-sender")} ${code}`);
        },
      });
      const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
      const signed = event();
      const refusals = [
        ["no_matching_signature", event({ secret: OTHER_SECRET })],
        ["timestamp_too_old", event({ sentAt: ago(330) })],
        ["timestamp_too_new", event({ sentAt: ago(-330) })],
        ["missing_header", { ...signed, headers: signed.headers?.slice(0, -1) ?? [] }],
        ["malformed_header", { ...signed, headers: [...(signed.headers ?? []), ...(signed.headers ?? [])] }],
        ["no_matching_signature", { ...signed, body: body.replace("published", "unpublished") }],
        ["no_matching_signature", { ...signed, body: "" }],
      ] as const;
      const bodies = new Set<string>();
      for (const [code, request] of refusals) {
        const headers = [...request.headers, ["X-Sender", "acme"] as const];
        const reply = await send({ ...request, headers });
        expectProblem(reply, 401, "SIGNATURE_INVALID");
        assert.equal(reply.headers["www-authenticate"], 'Signature realm="webhooks"');
        assert.equal(codes.at(-1), `acme ${code}`);
        bodies.add(reply.body);
      }
      assert.equal(bodies.size, 1, "the replies tell the refusals apart");
      assert.deepEqual(received, []);
    },

  "toleranceSeconds decides how old an event may be": async (bench) => {
    const { send } = await serveReceiver(bench, { toleranceSeconds: 3600 });
    assert.equal((await send(event({ sentAt: new Date(Date.now() - 1_800_000) }))).status, 204);
    assert.equal((await send(event({ sentAt: new Date(Date.now() - 3_630_000) }))).status, 401);
  },

  "while one secret replaces another, either may have signed": async (bench) => {
    const { send } = await serveReceiver(bench, { secrets: [OTHER_SECRET, SECRET] });
    assert.equal((await send(event())).status, 204);
    assert.equal((await send(event({ secret: OTHER_SECRET }))).status, 204);
  },

  "the secrets may depend on the request": async (bench) => {
    const { framework } = bench;
    const { send } = await serveReceiver(bench, {
      secrets: async (request) =>
        framework.readHeader(request, "x-sender") === "other" ? [OTHER_SECRET] : SECRET,
    });
    const fromOther = ["X-Sender", "other"] as const;
    const signed = event({ secret: OTHER_SECRET });
    assert.equal((await send({ ...signed, headers: [...(signed.headers ?? []), fromOther] })).status, 204);
    assert.equal((await send(signed)).status, 401);
    assert.equal((await send(event())).status, 204);
  },

  "onEvent gets the request": async (bench) => {
    const senders: (string | undefined)[] = [];
    const { send } = await serveReceiver(bench, {
      onEvent: (_, request) => void senders.push(bench.framework.readHeader(request, "x-sender")),
    });
    const signed = event();
    await send({ ...signed, headers: [...(signed.headers ?? []), ["X-Sender", "acme"]] });
    assert.deepEqual(senders, ["acme"]);
  },

  "an event that could not be acted on reaches the host's error handler, and the sender gets 500": async (
    bench,
  ) => {
    const failure = new Error("the queue is full");
    const failing = [
      () => Promise.reject(failure),
      () => {
        throw failure;
      },
    ];
    for (const onEvent of failing) {
      const { send } = await serveReceiver(bench, { onEvent });
      assert.equal((await send(event())).status, 500);
    }
    assert.deepEqual(bench.errors, [failure, failure]);
  },

  "a secret that is none is the host's mistake: found when it is built, or else 500 and never 401": async (
    bench,
  ) => {
    const { framework } = bench;
    const onEvent = () => {};
    expectConfigError(() => framework.webhookReceiver({ secrets: "", onEvent }), "/secrets");
    expectConfigError(() => framework.webhookReceiver({ secrets: [], onEvent }), "/secrets");
    expectConfigError(
      () => framework.webhookReceiver({ secrets: [SECRET, "whsec_short"], onEvent }),
      "/secrets/1",
    );
    expectConfigError(
      () => framework.webhookReceiver({ secrets: SECRET, onEvent, maxBodyBytes: 0 }),
      "/maxBodyBytes",
    );
    for (const secrets of [() => "whsec_short", () => [], async () => [""]]) {
      const { send } = await serveReceiver(bench, { secrets });
      assert.equal((await send(event())).status, 500);
    }
    assert.equal(bench.errors.length, 3);
    for (const error of bench.errors) assert.match(String(error), /ConfigError.*\/secrets/);
  },

  "what looking for the secrets rejects with reaches the host's error handler": async (bench) => {
    const failure = new Error("no connection");
    const { send } = await serveReceiver(bench, { secrets: () => Promise.reject(failure) });
    assert.equal((await send(event())).status, 500);
    assert.deepEqual(bench.errors, [failure]);
  },
});

/** A signed event's request. */
export function event(
  options: { secret?: string; id?: string; sentAt?: Date; body?: string | Uint8Array } = {},
): SentRequest & {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | Uint8Array;
} {
  const { secret = SECRET, body: content = body, ...rest } = options;
  const headers = [
    ["content-type", "application/json"] as const,
    ...signStandardWebhook(content, { secret, ...rest }),
  ];
  return { method: "POST", path: "/hooks", headers, body: content };
}

/** Serves a receiver at `/hooks`. */
export async function serveReceiver<Middleware, FrameworkRequest>(
  { framework, serve }: HttpBench<Middleware, FrameworkRequest>,
  options: Partial<WebhookReceiverOptions<FrameworkRequest, EventSchemas, unknown>> = {},
  app: { readonly parsesJsonFirst?: boolean } = {},
) {
  const received: ReceivedWebhook[] = [];
  const onEvent = (webhook: ReceivedWebhook) => void received.push(webhook);
  const receiver = framework.webhookReceiver({
    secrets: SECRET,
    ...(options.on === undefined ? { onEvent } : {}),
    ...options,
  });
  return { received, send: await serve([{ method: "POST", path: "/hooks", middlewares: [receiver] }], app) };
}
