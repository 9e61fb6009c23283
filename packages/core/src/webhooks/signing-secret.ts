import { encodeBase64 } from "../encoding/base64.js";
import type { Crypto } from "../ports/crypto.js";
import type { Random } from "../ports/random.js";
import { createSecret, type Secret } from "../secret/secret.js";

const SECRET_BYTES = 24;
const ED25519_SEED_BYTES = 32;
const MOST_SECRET_BYTES = 64;

/** Makes a signing secret: `whsec_` and 24 random bytes in base64 (Standard Webhooks, "Signature scheme"). */
export function generateSigningSecret(random: Random): Secret {
  return createSecret(`whsec_${encodeBase64(random.bytes(SECRET_BYTES))}`);
}

/**
 * Makes an ed25519 key pair: the seed as `whsk_`, the public key as `whpk_`, each followed by its 32 bytes in base64
 * (Standard Webhooks, "Signature scheme").
 */
export function generateSigningKeyPair({
  random,
  crypto,
}: {
  readonly random: Random;
  readonly crypto: Crypto;
}): { readonly privateKey: Secret; readonly publicKey: string } {
  const seed = random.bytes(ED25519_SEED_BYTES);
  return {
    privateKey: createSecret(`whsk_${encodeBase64(seed)}`),
    publicKey: `whpk_${encodeBase64(crypto.ed25519PublicKey(seed))}`,
  };
}

/**
 * Judges a signing secret that a host brings: `whsec_` and 24 to 64 bytes in base64, so that every receiver's library
 * takes it. Undefined when it is fine, else what is wrong; the text is never repeated.
 */
export function findSecretProblem(secret: Secret): string | undefined {
  const [, body] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret.reveal()) ?? [];
  const byteCount =
    body === undefined || body.length % 4 !== 0 ? 0 : (body.length / 4) * 3 - countPadding(body);
  return byteCount >= SECRET_BYTES && byteCount <= MOST_SECRET_BYTES
    ? undefined
    : `must be "whsec_" and ${SECRET_BYTES} to ${MOST_SECRET_BYTES} bytes in base64`;
}

function countPadding(base64: string): number {
  return base64.length - base64.replace(/=+$/, "").length;
}

/** Where in the vault a signing secret belongs: sealed for this place, it opens nowhere else. */
export function signingSecretPlace({
  tenantId,
  secretId,
}: {
  readonly tenantId: string;
  readonly secretId: string;
}): { readonly tenantId: string; readonly recordId: string; readonly field: string } {
  return { tenantId, recordId: secretId, field: "endpoint_secrets.sealed" };
}
