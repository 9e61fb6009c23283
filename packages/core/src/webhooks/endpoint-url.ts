import type { HttpTransport, UrlCheck } from "../ports/http.js";

/**
 * Judges an endpoint's URL by its text: the transport's rules when there is one, else its shape alone
 * (https, no credentials, no fragment, nothing that a parser would have to repair). No I/O.
 */
export function checkEndpointUrl(url: string, transport: Pick<HttpTransport, "check"> | undefined): UrlCheck {
  if (!URL.canParse(url)) return refuse("must be an absolute URL");
  const { protocol, username, password, hash, hostname } = new URL(url);
  if (username !== "" || password !== "") return refuse("must not carry credentials");
  if (hash !== "" || url.includes("#")) return refuse("must not have a fragment");
  if (transport !== undefined) return transport.check(url);
  if (protocol !== "https:") return refuse("must use https");
  const repair = findRepair(url, hostname);
  return repair === undefined ? { ok: true } : refuse(repair);
}

/** What the URL parser has mended in silence: other parsers read such a text differently. */
function findRepair(url: string, hostname: string): string | undefined {
  if (/[^!-~\u0080-\uffff]|\s/.test(url)) return "must not hold a space or a control character";
  if (url.includes("\\")) return "must not hold a backslash";
  const [, authority] = /^https:\/\/([^/?]+)/i.exec(url) ?? [];
  if (authority === undefined) return "must have // and a host after https:";
  const written = authority.replace(/:\d*$/, "").toLowerCase();
  return isWrittenOut(written, hostname) ? undefined : "must name its host in the usual form";
}

/** IPv6 has many spellings, and names beyond ASCII become `xn--…`; any other host stands in the text as it is. */
function isWrittenOut(written: string, hostname: string): boolean {
  if (written.startsWith("[")) return hostname.startsWith("[");
  const isAscii = /^[!-~]+$/.test(written);
  return isAscii ? written === hostname : /(?:^|\.)xn--/.test(hostname);
}

function refuse(reason: string): UrlCheck {
  return { ok: false, reason };
}
