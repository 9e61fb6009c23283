/** Why a redirect URI can't be registered. */
export type RedirectUriProblem =
  | "malformed"
  | "too_long"
  | "fragment"
  | "credentials"
  | "insecure"
  | "unsupported_scheme";

export type RedirectUriVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: RedirectUriProblem };

const LONGEST = 2048;
/** RFC 3986's characters; anything else (spaces, backslashes, letters beyond ASCII) parsers read differently. */
const URI_CHARACTERS = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;
const AUTHORITY = /^https?:\/\/([^/?#]*)/;
const LOOPBACK_LITERAL = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?=[/?]|$)/;
/** A reverse domain name, such as `com.example.app:/callback`. */
const PRIVATE_USE = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:\/?[^/]/;

/**
 * Checks a redirect URI at registration. Allowed are https; http on the loopback interface (`127.0.0.1`, `[::1]`,
 * `localhost`); and private-use schemes that are a reverse domain name. Never a fragment or credentials.
 * @param uri untrusted.
 * @see RFC 8252 sections 7.1 and 7.3, RFC 6749 section 3.1.2
 */
export function checkRedirectUri(uri: string): RedirectUriVerdict {
  if (uri.length > LONGEST) return refuse("too_long");
  if (!URI_CHARACTERS.test(uri) || /%(?![0-9A-Fa-f]{2})/.test(uri) || !URL.canParse(uri))
    return refuse("malformed");
  if (uri.includes("#")) return refuse("fragment");
  if (!/^https?:/i.test(uri)) return PRIVATE_USE.test(uri) ? { ok: true } : refuse("unsupported_scheme");
  const authority = AUTHORITY.exec(uri)?.[1];
  const { protocol, hostname } = new URL(uri);
  if (authority === undefined || authority === "") return refuse("malformed");
  if (authority.includes("@")) return refuse("credentials");
  // A host the parser rewrites (0x7f.1, 2130706433, EXAMPLE.com) isn't the one that was read and approved.
  if (authority.replace(/:\d*$/, "") !== hostname) return refuse("malformed");
  if (protocol === "https:") return { ok: true };
  return ["127.0.0.1", "[::1]", "localhost"].includes(hostname) ? { ok: true } : refuse("insecure");
}

/**
 * Finds the registered redirect URI that a request's one matches; undefined when none does, and then nothing may be
 * redirected. Texts must be equal, character by character; on a loopback IP literal over http the port may differ,
 * because a native app takes whichever is free.
 * @param options.requested untrusted; redirect to this text, not to the registered one.
 * @see OAuth 2.1 section 2.3.1, RFC 8252 section 7.3
 */
export function matchRedirectUri(options: {
  readonly registered: readonly string[];
  readonly requested: string;
}): string | undefined {
  const { registered, requested } = options;
  if (!checkRedirectUri(requested).ok) return undefined;
  const portless = withoutLoopbackPort(requested);
  return registered.find(
    (uri) => uri === requested || (portless !== undefined && withoutLoopbackPort(uri) === portless),
  );
}

function withoutLoopbackPort(uri: string): string | undefined {
  const match = LOOPBACK_LITERAL.exec(uri);
  return match === null ? undefined : `http://${match[1]}${uri.slice(match[0].length)}`;
}

function refuse(reason: RedirectUriProblem): RedirectUriVerdict {
  return { ok: false, reason };
}
