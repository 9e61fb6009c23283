import { checkWebhook } from "@tenon/verify-webhook";
import express, { type Express } from "express";

export const app: Express = express();

app.post("/webhooks", express.raw({ type: "*/*" }), async (req, res) => {
  const result = await checkWebhook(req.body, req.headers, process.env.WEBHOOK_SECRET ?? "");
  if (!result.ok) return void res.status(400).send(result.code);
  // result.event is authentic. result.id is the same when it is sent again: act on it once.
  res.status(200).json({ received: result.id });
});
