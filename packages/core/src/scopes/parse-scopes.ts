const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Whether a text is one scope token: printable ASCII without space, quote or backslash (RFC 6749 section 3.3). */
export function isScopeToken(text: string): boolean {
  return SCOPE_TOKEN.test(text);
}

/**
 * Parses a space-separated list of scopes, each kept once; undefined when the text is malformed.
 * The empty text is the empty list. Single spaces separate; leading, trailing and doubled ones are malformed.
 * @see RFC 6749 section 3.3
 */
export function parseScopeList(text: string): readonly string[] | undefined {
  if (text === "") return [];
  const scopes = text.split(" ");
  return scopes.every(isScopeToken) ? [...new Set(scopes)] : undefined;
}

/**
 * Formats scopes as a space-separated list, in the order given.
 * @throws {TypeError} for a scope that isn't a scope token.
 * @see RFC 6749 section 3.3
 */
export function formatScopeList(scopes: readonly string[]): string {
  const position = scopes.findIndex((scope) => !isScopeToken(scope));
  if (position >= 0) throw new TypeError(`scope ${position + 1} of the list is not a scope token`);
  return scopes.join(" ");
}
