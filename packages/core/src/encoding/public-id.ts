import type { Clock } from "../ports/clock.js";
import type { Random } from "../ports/random.js";
import { decodeBase62, encodeBase62, encodeUuidAsBase62 } from "./base62.js";
import { encodeHex } from "./hex.js";

/** What a public id names, by its prefix. */
export type PublicIdPrefix = "key" | "ep" | "sec" | "msg" | "dlv" | "att" | "aud" | "evt";

const BODY_LENGTH = 22;

/** Makes a public id such as `key_0Bq…`: the prefix and a UUID version 7 in base62, 22 characters (RFC 9562 section 5.7). */
export function createPublicId(
  prefix: PublicIdPrefix,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): string {
  const bytes = random.bytes(16);
  let milliseconds = clock.now().getTime();
  for (let index = 5; index >= 0; index--) {
    bytes[index] = milliseconds % 256;
    milliseconds = Math.floor(milliseconds / 256);
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return encodePublicId(prefix, bytes);
}

/** The public id of the 16 bytes of a UUID. */
export function encodePublicId(prefix: PublicIdPrefix, bytes: Uint8Array): string {
  return joinId(prefix, encodeBase62(bytes, BODY_LENGTH));
}

/** The UUID inside a public id; undefined when the text isn't one with this prefix. */
export function publicIdToUuid(prefix: PublicIdPrefix, id: string): string | undefined {
  const body = id.slice(prefix.length + 1);
  if (!id.startsWith(`${prefix}_`) || body.length !== BODY_LENGTH) return undefined;
  const bytes = decodeBase62(body, 16);
  if (bytes === undefined) return undefined;
  const hex = encodeHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * The public id of a stored UUID.
 * @throws {TypeError} when the text is not a UUID.
 */
export function uuidToPublicId(prefix: PublicIdPrefix, uuid: string): string {
  const body = encodeUuidAsBase62(uuid, BODY_LENGTH);
  if (body === undefined) throw new TypeError("not a UUID");
  return joinId(prefix, body);
}

/** In one piece: a template of this length is kept as a tree of its parts, for as long as the id is. */
function joinId(prefix: PublicIdPrefix, body: string): string {
  return [prefix, body].join("_");
}
