import { serve } from "@hono/node-server";
import { requireApiKey } from "@tenon/adapters-hono";
import { Hono } from "hono";
import { SCOPE } from "../../measure/scenario.js";
import { createTenonWithKeys } from "../../measure/tenon-with-keys.js";
import { serveHttp } from "../serve-http.js";

const { tenon, texts } = await createTenonWithKeys();
const app = new Hono();
app.get("/posts", requireApiKey(tenon, { scopes: [SCOPE] }), (c) =>
  c.json({ tenantId: c.get("tenon").tenantId }),
);
serveHttp(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }), texts);
