import { serve } from "@hono/node-server";
import { managementApi } from "@tenon/adapters-hono";
import { Hono } from "hono";
import { serveHttp } from "../../http/serve-http.js";
import { openPool } from "../../webhooks/tenon-kit.js";
import { createManagementKit, PRINCIPAL } from "../bench-kit.js";

const app = new Hono();
app.use("/integrations/*", managementApi(createManagementKit(openPool()), { principal: () => PRINCIPAL }));
serveHttp(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }), []);
