import { ConfigError } from "../errors/tenon-error.js";
import type { ClaimedDelivery } from "../ports/delivery-queue.js";
import type { Secret } from "../secret/secret.js";
import type { Vault } from "../vault/vault.js";
import { openHeaders } from "./sealed-headers.js";
import { signingSecretPlace } from "./signing-secret.js";

const MAX_CACHED = 10_000;

/** Opens what an endpoint keeps sealed. */
export interface SecretOpener {
  /** The endpoint's own, or what the host shares. @throws {ConfigError} when it shares nothing any more. */
  readonly openSecrets: (delivery: ClaimedDelivery) => Promise<readonly Secret[]>;
  /** The endpoint's own headers, with their names in lower case. */
  readonly openHeaders: (delivery: ClaimedDelivery) => Promise<Readonly<Record<string, string>>>;
}

/**
 * Opens the signing secrets and headers of claimed deliveries, and remembers them: a stored secret never changes, and
 * which of them sign is read anew with each claim; headers are remembered by their sealed text.
 */
export function createSecretOpener(vault: Vault, sharedSecrets: readonly Secret[]): SecretOpener {
  const secrets = createMemory<Secret>();
  const headers = createMemory<Readonly<Record<string, string>>>();

  return {
    openSecrets: async ({ tenantId, signing, secrets: sealed }) => {
      if (signing === "shared") return sharedSecrets.length > 0 ? sharedSecrets : missingSharedSecret();
      return Promise.all(
        sealed.map((secret) =>
          secrets(secret.id, () =>
            vault.open({ ...signingSecretPlace({ tenantId, secretId: secret.id }), sealed: secret.sealed }),
          ),
        ),
      );
    },
    openHeaders: async ({ sealedHeaders, ...delivery }) =>
      sealedHeaders === undefined
        ? {}
        : headers(sealedHeaders.sealed, () => openHeaders(vault, delivery, sealedHeaders)),
  };
}

function missingSharedSecret(): never {
  throw new ConfigError([
    { pointer: "/webhooks/sharedSecret", message: "is missing, and there are endpoints that sign with it" },
  ]);
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
