import { encodeBytes } from "./profile/encoding.js";
import { findProfileProblem } from "./profile/find-profile-problem.js";
import { standardWebhooks } from "./profile/signature-profile.js";
import {
  contentOf,
  formatSignature,
  formatSignedHeaders,
  formatTimestamp,
} from "./profile/signed-content.js";
import { decodeSigningKey } from "./profile/webhook-key.js";
import { readRawBody } from "./raw-body.js";
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
    id = `msg_${encodeBytes(crypto.randomBytes(RANDOM_ID_BYTES), "hex")}`,
    timestamp: date = new Date(),
    profile = standardWebhooks,
  } = options;
  const problem = profile === standardWebhooks ? undefined : findProfileProblem(profile);
  if (problem !== undefined) throw new TypeError(`options.profile: ${problem}.`);
  if (!isMessageId(id)) {
    throw new TypeError("options.id must be 1 to 256 visible ASCII characters without a full stop.");
  }
  const { algorithm, bytes } = decodeSigningKey(secret, profile);
  const timestamp = formatTimestamp(profile, date);
  const content = contentOf(profile, { id, timestamp, body: readRawBody(body) });
  let signature: string;
  if (algorithm === "ed25519") {
    signature = formatSignature(profile, await crypto.signEd25519(bytes, content), algorithm);
  } else {
    const mac = crypto.hmacSha256(bytes, content, profile.encoding);
    signature = profile.prefix + (typeof mac === "string" ? mac : await mac);
  }
  return formatSignedHeaders(profile, { id, timestamp, signatures: [signature] });
}
