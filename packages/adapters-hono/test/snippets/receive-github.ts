import { webhookReceiver } from "@tenon/adapters-hono";
import { github } from "@tenon/verify-webhook/providers";
import { Hono } from "hono";

export const app = new Hono();
export const pushes: string[] = [];
export const refusals: string[] = [];

const receiver = webhookReceiver({
  secrets: process.env.GITHUB_SECRET ?? "",
  profiles: github,
  idOf: (_event, c) => c.req.header("x-github-delivery"),
  typeOf: (_event, c) => c.req.header("x-github-event"),
  on: { push: ({ id }) => void pushes.push(id) },
  onRefused: ({ code }) => void refusals.push(code),
});
app.post("/webhooks", receiver);
