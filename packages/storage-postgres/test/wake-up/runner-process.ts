import { createTenon } from "@tenon/core";
import { postgresStorage } from "@tenon/storage-postgres";
import { nodeTransport } from "@tenon/transport-node";
import pg from "pg";

/** A process of its own that delivers, and by itself looks for work every half a minute only. */
const connectionString = process.env.DATABASE_URL;
const pool = new pg.Pool({ connectionString, max: 4 });
const tenon = createTenon({
  storage: postgresStorage({
    pool,
    listen: () => new pg.Client({ connectionString, application_name: "tenon-listen" }),
  }),
  vaultKeys: [{ id: "test", key: process.env.VAULT_KEY ?? "" }],
  transport: nodeTransport({ development: { loopback: true } }),
});
await tenon.start();
tenon.webhooks.startRunner({ pollIntervalMs: 30_000 });
// A runner's waits never keep a process alive, and its connection is cut here.
process.on("message", () => {});
process.send?.("started");
