import type { HttpTransport, UrlCheck } from "../ports/http.js";

/**
 * Judges an endpoint's URL by its text: the transport's rules when there is one, else its shape alone
 * (https, no credentials, no fragment). No I/O.
 */
export function checkEndpointUrl(url: string, transport: Pick<HttpTransport, "check"> | undefined): UrlCheck {
  if (!URL.canParse(url)) return { ok: false, reason: "must be an absolute URL" };
  const { protocol, username, password, hash } = new URL(url);
  if (username !== "" || password !== "") return { ok: false, reason: "must not carry credentials" };
  if (hash !== "" || url.includes("#")) return { ok: false, reason: "must not have a fragment" };
  if (transport !== undefined) return transport.check(url);
  return protocol === "https:" ? { ok: true } : { ok: false, reason: "must use https" };
}
