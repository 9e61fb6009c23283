import { encodeBase64 } from "../encoding/base64.js";
import type { Random } from "../ports/random.js";
import { createSecret, type Secret } from "../secret/secret.js";

const SECRET_BYTES = 24;

/** Makes a signing secret: `whsec_` and 24 random bytes in base64 (Standard Webhooks, "Signature scheme"). */
export function generateSigningSecret(random: Random): Secret {
  return createSecret(`whsec_${encodeBase64(random.bytes(SECRET_BYTES))}`);
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
