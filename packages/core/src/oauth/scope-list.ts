import { formatScopeList, isScopeToken, parseScopeList } from "../scopes/parse-scopes.js";

/** What stands between scopes: a space by the RFC, a comma at some providers. */
export type ScopeSeparator = " " | ",";

/**
 * Parses the scopes of a provider's reply, each kept once; undefined when the text is malformed.
 * With a comma, spaces around scopes are dropped and a stray comma is let pass, as providers write both.
 * @param separator default a space, read strictly.
 * @see RFC 6749 section 3.3
 */
export function parseProviderScopes(
  text: string,
  separator: ScopeSeparator = " ",
): readonly string[] | undefined {
  if (separator === " ") return parseScopeList(text);
  const scopes = text.split(",").flatMap((part) => {
    const scope = part.trim();
    return scope === "" ? [] : [scope];
  });
  return scopes.every(isScopeToken) ? [...new Set(scopes)] : undefined;
}

/**
 * Formats scopes for a provider's request, in the order given.
 * @throws {TypeError} for a scope that isn't a scope token, or holds the separator.
 */
export function formatProviderScopes(scopes: readonly string[], separator: ScopeSeparator = " "): string {
  const text = formatScopeList(scopes);
  if (separator === " ") return text;
  if (text.includes(separator)) throw new TypeError("a scope holds the separator");
  return scopes.join(separator);
}

/** Whether everything asked for was granted before: a refresh may narrow scopes, never widen them (RFC 6749 section 6). */
export function isScopeSubset(options: {
  readonly requested: readonly string[];
  readonly granted: readonly string[];
}): boolean {
  const granted = new Set(options.granted);
  return options.requested.every((scope) => granted.has(scope));
}
