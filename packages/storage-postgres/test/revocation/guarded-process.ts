import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { requireApiKey } from "@tenon/adapters-express";
import { createTenon } from "@tenon/core";
import { postgresStorage } from "@tenon/storage-postgres";
import express from "express";
import pg from "pg";

/** A process of its own that guards a route by API keys, and says on which port. */
const connectionString = process.env.DATABASE_URL;
const pool = new pg.Pool({ connectionString, max: 4 });
const listen = () => new pg.Client({ connectionString, application_name: "tenon-listen" });
const tenon = createTenon({
  storage: postgresStorage({ pool, ...(process.env.NEWS === "blocked" ? {} : { listen }) }),
});
await tenon.start();
const app = express();
app.get("/guarded", requireApiKey(tenon), (_request, response) => void response.json({ ok: true }));
const server = createServer(app).listen(0, "127.0.0.1", () => {
  process.send?.((server.address() as AddressInfo).port);
});
