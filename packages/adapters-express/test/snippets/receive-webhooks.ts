import { webhookReceiver } from "@tenon/adapters-express";
import express, { type Express } from "express";

export const app: Express = express();
export const posts = new Map<string, unknown>();

const receiver = webhookReceiver({
  secrets: process.env.WEBHOOK_SECRET ?? "",
  onEvent: async ({ id, event }) => {
    posts.set(id, event);
  },
});
app.post("/webhooks", receiver);
app.use(express.json());
