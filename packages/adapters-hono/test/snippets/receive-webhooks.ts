import { webhookReceiver } from "@tenon/adapters-hono";
import { Hono } from "hono";

export const app = new Hono();
export const posts = new Map<string, unknown>();

const receiver = webhookReceiver({
  secrets: process.env.WEBHOOK_SECRET ?? "",
  onEvent: async ({ id, event }) => {
    posts.set(id, event);
  },
});
app.post("/webhooks", receiver);
