import { FlattenedEncrypt } from "jose";
import { TenonError } from "../errors/tenon-error.js";
import type { KeyRing } from "./key-ring.js";
import { encodePlace, type VaultPlace } from "./place.js";

/** Seals a text with the ring's first key, bound to its place, as the JSON text of a flattened JWE. */
export async function sealText(ring: KeyRing, place: VaultPlace, text: string): Promise<string> {
  const key = await ring.find(ring.sealingKeyId);
  if (key === undefined) throw new TenonError("VAULT_KEY_MISSING", "The vault has no key to seal with.");
  const jwe = await new FlattenedEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: ring.sealingKeyId })
    .setAdditionalAuthenticatedData(encodePlace(place))
    .encrypt(key);
  // A JWE that carries its own place would open anywhere, so the place is left out and given again at opening.
  const { protected: header, iv, ciphertext, tag } = jwe;
  return JSON.stringify({ protected: header, iv, ciphertext, tag });
}
