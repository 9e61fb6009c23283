import { decodeBase64url, encodeBase64url } from "../../../encoding/base64url.js";
import type { Crypto } from "../../../ports/crypto.js";

/** What a cursor belongs to: one listing of one tenant under one set of filters. */
export interface CursorScope {
  readonly listing: string;
  readonly tenantId: string;
  readonly filters: unknown;
}

const DIGEST_LENGTH = 16;

/** Makes a cursor that only the same listing reads. It says nothing that its reader may not know. */
export function encodeCursor(crypto: Crypto, scope: CursorScope, cursor: string): string {
  return encodeBase64url(new TextEncoder().encode(digestOf(crypto, scope) + cursor));
}

/** The store's own cursor; undefined where it was made up, or for another listing, tenant or filters. */
export function decodeCursor(crypto: Crypto, scope: CursorScope, text: string): string | undefined {
  const bytes = decodeBase64url(text);
  const decoded = bytes && new TextDecoder().decode(bytes);
  const digest = digestOf(crypto, scope);
  if (!decoded?.startsWith(digest) || decoded.length === digest.length) return undefined;
  return decoded.slice(DIGEST_LENGTH);
}

function digestOf(crypto: Crypto, { listing, tenantId, filters }: CursorScope): string {
  return crypto.sha256Hex(JSON.stringify([listing, tenantId, filters])).slice(0, DIGEST_LENGTH);
}
