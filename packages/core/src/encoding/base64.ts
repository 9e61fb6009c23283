/** Encodes bytes as base64 with padding (RFC 4648 section 4). For short inputs: keys, secrets and MACs. */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
