import { decodeBase64 } from "./profile/encoding.js";
import type { SignatureProfile } from "./profile/signature-profile.js";
import type { WebhookKey } from "./profile/webhook-key.js";
import type { SignedContent, VerifyingCrypto } from "./webhook-crypto.js";
import { WebhookVerificationError } from "./webhook-verification-error.js";

/** What a request says in one format, and the keys that may have signed it. */
export interface SignatureClaim {
  readonly profile: SignatureProfile;
  readonly keys: readonly WebhookKey[];
  readonly signatures: readonly string[];
  readonly content: SignedContent;
}

/** Tries every key on every signature, whatever matches, so that time tells nothing about which did. */
export async function checkSignatures(
  crypto: VerifyingCrypto,
  { profile, keys, signatures, content }: SignatureClaim,
): Promise<void> {
  const prefixes: string[] = [];
  let matched = false;
  for (const { algorithm, bytes } of keys) {
    const prefix = algorithm === "ed25519" ? `${profile.ed25519Prefix}` : profile.prefix;
    prefixes.push(prefix);
    if (algorithm === "ed25519") {
      for (const signature of signatures.filter((each) => each.startsWith(prefix))) {
        const decoded = decodeBase64(signature.slice(prefix.length)) ?? new Uint8Array();
        matched = (await crypto.verifyEd25519(bytes, content, decoded)) || matched;
      }
    } else {
      const mac = crypto.hmacSha256(bytes, content, profile.encoding);
      const expected = prefix + (typeof mac === "string" ? mac : await mac);
      for (const signature of signatures) matched = crypto.equalTexts(expected, signature) || matched;
    }
  }
  if (matched) return;
  const name = profile.headers.signature;
  throw new WebhookVerificationError(
    "no_matching_signature",
    signatures.some((signature) => prefixes.some((prefix) => signature.startsWith(prefix)))
      ? `No signature in ${name} fits. Check that the secret is this endpoint's own and current, and the body ` +
          "byte for byte what was received: not parsed and written again."
      : `${name} holds no signature that begins with ${prefixes[0]}. Ask the sender for one.`,
  );
}
