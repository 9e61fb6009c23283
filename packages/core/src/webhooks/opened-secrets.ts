import type { ClaimedDelivery } from "../ports/delivery-queue.js";
import type { Secret } from "../secret/secret.js";
import type { Vault } from "../vault/vault.js";
import { openHeaders } from "./sealed-headers.js";
import { signingSecretPlace } from "./signing-secret.js";

const MAX_CACHED = 10_000;

/** Opens what an endpoint keeps sealed. */
export interface SecretOpener {
  readonly openSecrets: (delivery: ClaimedDelivery) => Promise<readonly Secret[]>;
  /** The endpoint's own headers, with their names in lower case. */
  readonly openHeaders: (delivery: ClaimedDelivery) => Promise<Readonly<Record<string, string>>>;
}

/**
 * Opens the signing secrets and headers of claimed deliveries, and remembers them: a stored secret never changes, and
 * which of them sign is read anew with each claim; headers are remembered by their sealed text.
 */
export function createSecretOpener(vault: Vault): SecretOpener {
  const secrets = createMemory<Secret>();
  const headers = createMemory<Readonly<Record<string, string>>>();

  return {
    openSecrets: ({ tenantId, secrets: sealed }) =>
      Promise.all(
        sealed.map((secret) =>
          secrets(secret.id, () =>
            vault.open({ ...signingSecretPlace({ tenantId, secretId: secret.id }), sealed: secret.sealed }),
          ),
        ),
      ),
    openHeaders: async ({ sealedHeaders, ...delivery }) =>
      sealedHeaders === undefined
        ? {}
        : headers(sealedHeaders.sealed, () => openHeaders(vault, delivery, sealedHeaders)),
  };
}

/** Remembers what was opened, at most `MAX_CACHED` of it; what was remembered first is forgotten first. */
function createMemory<Value>(): (key: string, open: () => Promise<Value>) => Promise<Value> {
  const opened = new Map<string, Value>();
  return async (key, open) => {
    const known = opened.get(key);
    if (known !== undefined) return known;
    const value = await open();
    const oldest = opened.keys().next();
    if (opened.size >= MAX_CACHED && !oldest.done) opened.delete(oldest.value);
    opened.set(key, value);
    return value;
  };
}
