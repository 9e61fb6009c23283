import { createTenon, type Tenon, type TenonConfig } from "@tenon/core";
import { postgresStorage } from "@tenon/storage-postgres";
import { nodeTransport } from "@tenon/transport-node";
import type pg from "pg";
import { VAULT_KEYS } from "./vault-keys.js";

export const TENANT = "acme";

/** A kit that delivers to receivers on this machine. */
export function createDeliveringKit(pool: pg.Pool, config: Partial<TenonConfig> = {}): Tenon {
  return createTenon({
    storage: postgresStorage({ pool }),
    vaultKeys: VAULT_KEYS,
    transport: nodeTransport({ development: { loopback: true } }),
    ...config,
  });
}

/** Endpoints at `<url>/0`, `<url>/1` … that get every event. */
export async function createEndpoints(
  tenon: Tenon,
  { url, count }: { readonly url: string; readonly count: number },
): Promise<void> {
  for (let number = 0; number < count; number++) {
    await tenon.endpoints.create({ tenantId: TENANT, url: `${url}/${number}`, eventTypes: ["*"] });
  }
}

export async function publish(tenon: Tenon, count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, number) => ({ type: "counted", data: { number } }));
  await tenon.webhooks.publishMany({ tenantId: TENANT, messages });
}
