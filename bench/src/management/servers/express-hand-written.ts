import express from "express";
import { serveHttp } from "../../http/serve-http.js";
import { openPool } from "../../webhooks/tenon-kit.js";
import { createHandWrittenRoutes } from "../hand-written-routes.js";

const routes = await createHandWrittenRoutes(openPool());
const app = express();
app.post("/integrations/webhook-endpoints", express.json(), async (req, res) => {
  res.status(201).json(await routes.create(req.body));
});
app.get("/integrations/deliveries", async (req, res) => {
  res.json(await routes.list(Number(req.query.limit)));
});
serveHttp(app.listen(0, "127.0.0.1"), []);
