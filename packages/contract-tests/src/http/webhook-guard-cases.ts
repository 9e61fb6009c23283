import assert from "node:assert/strict";
import type { ReceivedWebhook } from "@tenon/core/http";
import { expectConfigError, expectProblem } from "./expect-problem.js";
import type { HttpBench } from "./http-bench.js";
import type { HttpCases } from "./http-contract.js";
import { event, SECRET } from "./webhook-cases.js";

export const webhookGuardCases: HttpCases = () => ({
  "a route behind requireWebhook gets the verified event, and answers itself": async (bench) => {
    const { send, received } = await serveGuarded(bench);
    const signed = event({ id: "msg_a" });
    const reply = await send(signed);
    assert.deepEqual([reply.status, JSON.parse(reply.body)], [200, { id: "msg_a" }]);
    assert.deepEqual(received[0]?.event, JSON.parse(String(signed.body)));
  },

  "a webhook that doesn't verify, or that nobody signed, never gets to the route": async (bench) => {
    const { send, received } = await serveGuarded(bench);
    const signed = event();
    assert.equal((await send(signed)).status, 200);
    for (const request of [
      { ...signed, body: String(signed.body).replace("published", "unpublished") },
      { ...signed, headers: [] },
    ])
      expectProblem(await send(request), 401, "SIGNATURE_INVALID");
    assert.equal(received.length, 1);
  },

  "requireWebhook refuses a secret that is none, and what a route can't be asked for": async ({
    framework,
  }) => {
    expectConfigError(() => framework.requireWebhook({ secrets: "whsec_short" }), "/secrets");
    expectConfigError(() => framework.requireWebhook({ secrets: SECRET, maxBodyBytes: 0 }), "/maxBodyBytes");
  },
});

/** Serves a route at `/hooks` that answers with the event's id. */
async function serveGuarded<Middleware, FrameworkRequest>({
  framework,
  serve,
}: HttpBench<Middleware, FrameworkRequest>) {
  const received: ReceivedWebhook[] = [];
  const send = await serve([
    {
      method: "POST",
      path: "/hooks",
      middlewares: [framework.requireWebhook({ secrets: SECRET })],
      answer(_, webhook) {
        if (webhook !== undefined) received.push(webhook);
        return { id: webhook?.id };
      },
    },
  ]);
  return { received, send };
}
