import { verifyWebhook, WebhookVerificationError } from "@tenon/verify-webhook";
import express from "express";
import { Webhook } from "standardwebhooks";
import { type Listening, listen } from "./listen.js";

/** One request that arrived, and what the partner made of it. */
export interface Arrival {
  readonly webhookId: string;
  readonly answer: number;
  readonly event: unknown;
}

export interface Partner extends Listening {
  readonly arrivals: readonly Arrival[];
  /** The partner pastes in the secret it was shown when its endpoint was created. */
  configure(secret: string): void;
}

/** A partner's receiver that is down for its first `failures` requests. */
export async function startPartner({ failures }: { readonly failures: number }): Promise<Partner> {
  const arrivals: Arrival[] = [];
  let secret = "";

  const app = express();
  app.post("/hooks", express.raw({ type: "*/*" }), async (request, response) => {
    const webhookId = String(request.headers["webhook-id"]);
    const answer = (status: number, event?: unknown) => {
      arrivals.push({ webhookId, answer: status, event });
      response.sendStatus(status);
    };
    if (arrivals.length < failures) return answer(500);
    try {
      const event = await verifyWebhook(request.body, request.headers, secret);
      new Webhook(secret).verify(request.body, request.headers as Record<string, string>);
      return answer(204, event);
    } catch (error) {
      if (error instanceof WebhookVerificationError) console.error(`  the partner refused: ${error.message}`);
      return answer(400);
    }
  });

  const server = await listen(app);
  return {
    ...server,
    url: `${server.url}/hooks`,
    arrivals,
    configure(text) {
      secret = text;
    },
  };
}
