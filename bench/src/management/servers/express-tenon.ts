import { managementApi } from "@tenon/adapters-express";
import express from "express";
import { serveHttp } from "../../http/serve-http.js";
import { openPool } from "../../webhooks/tenon-kit.js";
import { createManagementKit, PRINCIPAL } from "../bench-kit.js";

const app = express();
app.use("/integrations", managementApi(createManagementKit(openPool()), { principal: () => PRINCIPAL }));
serveHttp(app.listen(0, "127.0.0.1"), []);
