import { webhookReceiver } from "@tenon/adapters-express";
import { github } from "@tenon/verify-webhook/providers";
import express, { type Express } from "express";

export const app: Express = express();
export const pushes: string[] = [];
export const refusals: string[] = [];

const receiver = webhookReceiver({
  secrets: process.env.GITHUB_SECRET ?? "",
  profiles: github,
  idOf: (_event, req) => req.get("x-github-delivery"),
  typeOf: (_event, req) => req.get("x-github-event"),
  on: { push: ({ id }) => void pushes.push(id) },
  onRefused: ({ code }) => void refusals.push(code),
});
app.post("/webhooks", receiver);
app.use(express.json());
