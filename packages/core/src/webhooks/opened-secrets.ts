import type { ClaimedDelivery } from "../ports/delivery-queue.js";
import type { Secret } from "../secret/secret.js";
import type { Vault } from "../vault/vault.js";
import { signingSecretPlace } from "./signing-secret.js";

const MAX_CACHED = 10_000;

/**
 * Opens the signing secrets of a claimed delivery, and remembers them by their id: a stored secret never changes,
 * and which of them sign is read anew with each claim.
 */
export function createSecretOpener(vault: Vault): (delivery: ClaimedDelivery) => Promise<readonly Secret[]> {
  const opened = new Map<string, Secret>();

  async function open(tenantId: string, { id, sealed }: ClaimedDelivery["secrets"][number]): Promise<Secret> {
    const known = opened.get(id);
    if (known !== undefined) return known;
    const secret = await vault.open({ ...signingSecretPlace({ tenantId, secretId: id }), sealed });
    const oldest = opened.keys().next();
    if (opened.size >= MAX_CACHED && !oldest.done) opened.delete(oldest.value);
    opened.set(id, secret);
    return secret;
  }

  return ({ tenantId, secrets }) => Promise.all(secrets.map((secret) => open(tenantId, secret)));
}
