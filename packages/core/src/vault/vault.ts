import type { Crypto } from "../ports/crypto.js";
import type { Random } from "../ports/random.js";
import type { Secret } from "../secret/secret.js";
import type { KeyRing } from "./key-ring.js";
import { openText } from "./open.js";
import type { VaultPlace } from "./place.js";
import { createSealer } from "./seal.js";

/** Seals texts for storage, each to its place: a sealed text moved to another tenant, record or field doesn't open. */
export interface Vault {
  /** Seals a text with the first key. Sealing the same text twice gives different results. */
  seal(request: VaultPlace & { readonly text: string }): Promise<string>;
  /**
   * Opens what was sealed for this very place, with any of the keys.
   * @throws {TenonError} `VAULT_KEY_MISSING` when the key that sealed it is not among the keys.
   * @throws {TenonError} `VAULT_OPEN_FAILED` when it was changed, belongs elsewhere or is no sealed text.
   */
  open(request: VaultPlace & { readonly sealed: string }): Promise<Secret>;
}

/**
 * Makes a vault on a ring of keys: AES-256-GCM in flattened JWE, bound to tenant, record and field.
 * @see RFC 7516 section 7.2.2
 */
export function createVault(
  ring: KeyRing,
  ports: { readonly crypto: Crypto; readonly random: Random },
): Vault {
  const seal = createSealer(ring, ports);
  return Object.freeze<Vault>({
    seal: ({ text, ...place }) => seal(place, text),
    open: ({ sealed, ...place }) => openText(ring, place, sealed),
  });
}
