import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { serveHttp } from "../../http/serve-http.js";
import { openPool } from "../../webhooks/tenon-kit.js";
import { createHandWrittenRoutes } from "../hand-written-routes.js";

const routes = await createHandWrittenRoutes(openPool());
const app = new Hono();
app.post("/integrations/webhook-endpoints", async (c) =>
  c.json(await routes.create(await c.req.json()), 201),
);
app.get("/integrations/deliveries", async (c) => c.json(await routes.list(Number(c.req.query("limit")))));
serveHttp(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }), []);
