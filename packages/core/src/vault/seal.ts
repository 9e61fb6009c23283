import { encodeBase64url } from "../encoding/base64url.js";
import { TenonError } from "../errors/tenon-error.js";
import type { Crypto } from "../ports/crypto.js";
import type { Random } from "../ports/random.js";
import type { KeyRing } from "./key-ring.js";
import { encodePlace, type VaultPlace } from "./place.js";

const IV_BYTES = 12;

/**
 * Makes the function that seals texts with the ring's first key, each bound to its place, as the JSON text of a
 * flattened JWE (RFC 7516 sections 5.1 and 7.2.2).
 */
export function createSealer(
  ring: KeyRing,
  { crypto, random }: { readonly crypto: Crypto; readonly random: Random },
): (place: VaultPlace, text: string) => Promise<string> {
  const utf8 = new TextEncoder();
  const header = encodeBase64url(
    utf8.encode(JSON.stringify({ alg: "dir", enc: "A256GCM", kid: ring.sealingKeyId })),
  );

  return async (place, text) => {
    const key = await ring.find(ring.sealingKeyId);
    if (key === undefined) throw new TenonError("VAULT_KEY_MISSING", "The vault has no key to seal with.");
    const iv = random.bytes(IV_BYTES);
    const { ciphertext, tag } = crypto.aes256GcmEncrypt({
      key: key.bytes,
      iv,
      plaintext: utf8.encode(text),
      additionalData: utf8.encode(`${header}.${encodeBase64url(encodePlace(place))}`),
    });
    // A JWE that carries its own place would open anywhere, so the place is left out and given again at opening.
    return JSON.stringify({
      protected: header,
      iv: encodeBase64url(iv),
      ciphertext: encodeBase64url(ciphertext),
      tag: encodeBase64url(tag),
    });
  };
}
