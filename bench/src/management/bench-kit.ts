import { createTenon, type Tenon } from "@tenon/core";
import { postgresStorage } from "@tenon/storage-postgres";
import type pg from "pg";
import { TENANT } from "../webhooks/tenon-kit.js";

export const PRINCIPAL = { tenantId: TENANT, actorId: "admin", permissions: ["*"] };
export const VAULT_KEY = Buffer.alloc(32, 1);

/** What is created, over and over. */
export const ENDPOINT = {
  url: "https://partner.example/hooks",
  eventTypes: ["post.published"],
  name: "Bench",
};

/** Tenon as a host sets it up for its management API. */
export function createManagementKit(pool: pg.Pool): Tenon {
  return createTenon({
    storage: postgresStorage({ pool }),
    vaultKeys: [{ id: "bench", key: VAULT_KEY.toString("base64") }],
  });
}
