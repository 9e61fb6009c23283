import { encodeHex } from "./profile/encoding.js";
import { findProfileProblem } from "./profile/find-profile-problem.js";
import { standardWebhooks } from "./profile/signature-profile.js";
import {
  formatSignature,
  formatSignedHeaders,
  formatTimestamp,
  signedContent,
} from "./profile/signed-content.js";
import { decodeSigningKey } from "./profile/webhook-key.js";
import { toBytes } from "./raw-body.js";
import type { SignProfileOptions, SignWebhookOptions } from "./sign-webhook.js";
import { isMessageId } from "./signed-headers.js";
import type { SigningCrypto } from "./webhook-crypto.js";

const RANDOM_ID_BYTES = 16;

/** Signs with the crypto given. */
export async function signWith(
  crypto: SigningCrypto,
  body: unknown,
  options: SignWebhookOptions | SignProfileOptions,
): Promise<Readonly<Record<string, string>>> {
  const {
    secret,
    id = `msg_${encodeHex(crypto.randomBytes(RANDOM_ID_BYTES))}`,
    timestamp: date = new Date(),
    profile = standardWebhooks,
  } = options;
  const problem = findProfileProblem(profile);
  if (problem !== undefined) throw new TypeError(`options.profile: ${problem}.`);
  if (!isMessageId(id)) {
    throw new TypeError("options.id must be 1 to 256 visible ASCII characters without a full stop.");
  }
  const { algorithm, bytes } = decodeSigningKey(secret, profile);
  const timestamp = formatTimestamp(profile, date);
  const content = signedContent(profile, { id, timestamp, body: toBytes(body) });
  const sign = algorithm === "ed25519" ? crypto.signEd25519 : crypto.hmacSha256;
  const signature = formatSignature(profile, await sign(bytes, content), algorithm);
  return formatSignedHeaders(profile, { id, timestamp, signatures: [signature] });
}
