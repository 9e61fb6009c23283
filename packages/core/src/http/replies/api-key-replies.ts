import type { AuthenticateKeyResult } from "../../api-keys/key-verdict.js";
import type { RequiredScopes } from "../../scopes/check-scopes.js";
import { describePlace } from "../credentials/read-credentials.js";
import { STORAGE_RETRY_SECONDS } from "../defaults.js";
import type { HttpReply } from "../exchange.js";
import { rateLimitedReply } from "./rate-limit-replies.js";
import type { ReplyStyle } from "./reply-style.js";

/** 401: nothing to judge. */
export function noCredentialReply(style: ReplyStyle): HttpReply {
  const places = style.credentials.map(describePlace).join(" or ");
  return challenge(style, "UNAUTHORIZED", `Send an API key: ${places}.`);
}

/** 400: more than one to judge. */
export function severalCredentialsReply(style: ReplyStyle): HttpReply {
  return challenge(style, "INVALID_REQUEST", "Send one API key, in one header.", "invalid_request");
}

/** The reply to a key that was judged and turned away. */
export function refusedKeyReply(
  result: Extract<AuthenticateKeyResult, { ok: false }>,
  required: RequiredScopes,
  now: Date,
  style: ReplyStyle,
): HttpReply {
  if (result.reason === "rate_limited") return rateLimitedReply(result, now, style);
  if (result.reason === "ip_not_allowed") {
    return style.refuse("IP_NOT_ALLOWED", "This API key may not be used from this address.");
  }
  if (result.reason === "insufficient_scope") {
    const isAnyOf = "anyOf" in required;
    const scope = (isAnyOf ? required.anyOf : required).join(" ");
    const detail = isAnyOf
      ? `This API key needs one of these scopes: ${scope}.`
      : `This API key lacks: ${result.missingScopes.join(" ")}.`;
    return challenge(style, "INSUFFICIENT_SCOPE", detail, "insufficient_scope", { scope });
  }
  // Unknown, revoked and expired look the same from outside: the difference would help only a guesser.
  return challenge(style, "UNAUTHORIZED", "The API key is not valid.", "invalid_token");
}

/** 503: the key would have to be looked up, and cannot be. */
export function storageOutReply({ refuse }: ReplyStyle): HttpReply {
  return refuse("STORAGE_UNAVAILABLE", "This cannot be checked at the moment. Try again shortly.", {
    headers: {
      "Retry-After": String(STORAGE_RETRY_SECONDS),
      "Access-Control-Expose-Headers": "Retry-After",
    },
  });
}

/** RFC 6750 section 3. A host that takes keys in headers of its own alone isn't asked for by `Bearer`. */
function challenge(
  { refuse, credentials }: ReplyStyle,
  code: "UNAUTHORIZED" | "INVALID_REQUEST" | "INSUFFICIENT_SCOPE",
  detail: string,
  error?: string,
  attributes: Readonly<Record<string, string>> = {},
): HttpReply {
  const scheme = credentials.some(({ kind }) => kind === "bearer") ? "Bearer" : "ApiKey";
  const parts = Object.entries({ realm: "api", ...(error === undefined ? {} : { error }), ...attributes });
  const value = `${scheme} ${parts.map(([name, text]) => `${name}="${text}"`).join(", ")}`;
  return refuse(code, detail, { headers: { "www-authenticate": value } });
}
