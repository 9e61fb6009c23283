import { decodeBase64url, encodeBase64url } from "../../../encoding/base64url.js";
import type { InputProblem } from "../../../errors/tenon-error.js";
import type { Crypto } from "../../../ports/crypto.js";
import type { Route } from "../route.js";
import type { RouteInput } from "./read-input.js";

/** What a cursor belongs to: one listing of one tenant under one set of filters. */
export interface CursorScope {
  readonly listing: string;
  readonly tenantId: string;
  readonly filters: unknown;
}

/** The listing that a request asks for. */
export function cursorScopeOf(
  { resource, name }: Pick<Route, "resource" | "name">,
  tenantId: string,
  { params, query }: Pick<RouteInput, "params" | "query">,
): CursorScope {
  const { cursor: _, limit: __, ...filters } = query;
  return { listing: `${resource}.${name}`, tenantId, filters: [params, filters] };
}

const DIGEST_LENGTH = 16;

/** Makes a cursor that only the same listing reads. It says nothing that its reader may not know. */
export function encodeCursor(crypto: Crypto, scope: CursorScope, cursor: string): string {
  return encodeBase64url(new TextEncoder().encode(digestOf(crypto, scope) + cursor));
}

/** The store's own cursor of a request that gave one, or what is wrong with the one given. */
export function readCursor(
  crypto: Crypto,
  scope: CursorScope,
  given: unknown,
): { readonly cursor?: string; readonly problems: readonly InputProblem[] } {
  if (typeof given !== "string") return { problems: [] };
  const cursor = decodeCursor(crypto, scope, given);
  if (cursor !== undefined) return { cursor, problems: [] };
  return { problems: [{ pointer: "/cursor", message: "belongs to another listing, or to none" }] };
}

/** Undefined where it was made up, or for another listing, tenant or filters. */
function decodeCursor(crypto: Crypto, scope: CursorScope, text: string): string | undefined {
  const bytes = decodeBase64url(text);
  const decoded = bytes && new TextDecoder().decode(bytes);
  const digest = digestOf(crypto, scope);
  if (!decoded?.startsWith(digest) || decoded.length === digest.length) return undefined;
  return decoded.slice(DIGEST_LENGTH);
}

function digestOf(crypto: Crypto, { listing, tenantId, filters }: CursorScope): string {
  return crypto.sha256Hex(JSON.stringify([listing, tenantId, filters])).slice(0, DIGEST_LENGTH);
}
