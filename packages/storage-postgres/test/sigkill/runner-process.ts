import { createTenon } from "@tenon/core";
import { postgresStorage } from "@tenon/storage-postgres";
import { nodeTransport } from "@tenon/transport-node";
import pg from "pg";
import { VAULT_KEYS } from "./vault-keys.js";

/** A process that only delivers, until it is killed. It says when it has begun. */
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
const tenon = createTenon({
  storage: postgresStorage({ pool }),
  vaultKeys: VAULT_KEYS,
  transport: nodeTransport({ development: { loopback: true } }),
});
tenon.webhooks.startRunner({ slots: 32, timeoutMs: 1_000 });
process.send?.("started");
