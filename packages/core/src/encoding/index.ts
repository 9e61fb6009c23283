export { base62Width, decodeBase62, encodeBase62 } from "./base62.js";
export { decodeBase64url, encodeBase64url } from "./base64url.js";
export { equalBytes, equalText } from "./constant-time.js";
export { crc32 } from "./crc32.js";
export { decodeHex, encodeHex } from "./hex.js";
export { createPublicId, type PublicIdPrefix, publicIdToUuid, uuidToPublicId } from "./public-id.js";
export { randomBase62 } from "./random-base62.js";
