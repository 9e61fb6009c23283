import { requireApiKey } from "@tenon/adapters-express";
import express from "express";
import { SCOPE } from "../../measure/scenario.js";
import { createTenonWithKeys } from "../../measure/tenon-with-keys.js";
import { serveHttp } from "../serve-http.js";

const { tenon, texts } = await createTenonWithKeys();
const app = express();
app.get("/posts", requireApiKey(tenon, { scopes: [SCOPE] }), (req, res) => {
  res.json({ tenantId: req.tenon.tenantId });
});
serveHttp(app.listen(0, "127.0.0.1"), texts);
