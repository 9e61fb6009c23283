import type { UrlCheck } from "@tenon/core/ports";
import { type AddressRule, checkAddress, judgeAddress } from "./addresses/address-policy.js";
import { describePorts, isPortIn, type PortRange } from "./config/port-ranges.js";

/** What the host has opened: ports everywhere, and addresses beyond the public ones. */
export interface UrlPolicy extends Pick<AddressRule, "loopback" | "privateRanges"> {
  readonly ports: readonly PortRange[];
}

export type UrlVerdict =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly reason: string };

const LONGEST_URL = 2048;
const HTTPS_PORT = 443;
// Partners read it: what a host could open is none of their business.
const LOOPBACK_REFUSED = "loopback hosts are refused: use a publicly reachable host";

/** Judges a partner's URL by its text alone. The reason never repeats the URL: it may hold credentials. */
export function judgeUrl(text: string, policy: UrlPolicy): UrlVerdict {
  const shapeProblem = findShapeProblem(text);
  if (shapeProblem !== undefined) return refuse(shapeProblem);
  const url = parseUrl(text);
  if (url === undefined) return refuse("the URL is not valid: check its host and port");
  const problem =
    findSchemeProblem(url, policy) ?? findHostProblem(url, policy) ?? findPortProblem(url, policy);
  return problem === undefined ? { ok: true, url } : refuse(problem);
}

/** `judgeUrl` in the words of the transport port. */
export function checkUrl(text: string, policy: UrlPolicy): UrlCheck {
  const verdict = judgeUrl(text, policy);
  return verdict.ok ? { ok: true } : verdict;
}

/**
 * The rule for the addresses of a URL that passed: `http`, a low port and `localhost` passed as loopback, so
 * that is the only place they may lead to.
 */
export function addressRuleOf(
  target: { readonly protocol: string; readonly hostname: string; readonly port: string },
  policy: UrlPolicy,
): AddressRule {
  const loopbackOnly =
    target.protocol !== "https:" || !isOpenPort(target.port, policy) || isLocalhostName(target.hostname);
  return { loopback: policy.loopback, privateRanges: policy.privateRanges, loopbackOnly };
}

/** Whether a host name means this machine by definition (RFC 6761 section 6.3). */
export function isLocalhostName(hostname: string): boolean {
  const name = hostname.replace(/\.+$/, "");
  return name === "localhost" || name.endsWith(".localhost");
}

/** The address a normalised host name spells; undefined when it is a name. */
export function literalAddressOf(hostname: string): string | undefined {
  if (hostname.startsWith("[")) return hostname.slice(1, -1);
  // The URL parser has turned every IPv4 spelling (decimal, octal, hex, short, full-width) into this one.
  return hostname.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(hostname) ? hostname : undefined;
}

// What the URL parser would repair in silence, and other parsers read differently, is refused as written.
function findShapeProblem(text: string): string | undefined {
  if (typeof text !== "string" || text === "") return "the URL is empty or not a text";
  if (text.length > LONGEST_URL) return `the URL is longer than ${LONGEST_URL} characters: shorten it`;
  if (hasSpaceOrControl(text)) return "the URL holds a space or a control character: percent-encode it";
  if (text.includes("\\")) return "the URL holds a backslash: write / or percent-encode it";
  if (text.includes("#")) return "the URL has a fragment: remove the # and what follows";
  const parts = /^[a-z][a-z0-9+.-]*:\/\/([^/?]+)/i.exec(text);
  if (parts === null) return "the URL must be absolute and name a host, such as https://example.com/webhooks";
  const authority = parts[1] ?? "";
  if (authority.includes("@")) return "the URL holds credentials: remove the part before @";
  if (/^\[[^\]]*%/.test(authority)) return "the host has a zone id: zoned addresses are not reachable";
  return undefined;
}

function findSchemeProblem(url: URL, policy: UrlPolicy): string | undefined {
  if (url.protocol === "https:") return undefined;
  if (url.protocol !== "http:") return "the scheme must be https";
  if (!isLoopbackHost(url.hostname)) return "the scheme must be https, not http";
  return policy.loopback ? undefined : `the scheme must be https, and ${LOOPBACK_REFUSED}`;
}

function findHostProblem(url: URL, policy: UrlPolicy): string | undefined {
  const address = literalAddressOf(url.hostname);
  if (address !== undefined) {
    const check = checkAddress(address, { loopbackOnly: false, ...policy });
    if (check.ok) return undefined;
    if (check.what === "loopback") return LOOPBACK_REFUSED;
    return `the host is an address of the kind "${check.what}": use a publicly reachable host`;
  }
  if (isLocalhostName(url.hostname) && !policy.loopback) return LOOPBACK_REFUSED;
  if (url.hostname.endsWith(".")) return "the host ends in a dot: remove it";
  return undefined;
}

function findPortProblem(url: URL, policy: UrlPolicy): string | undefined {
  if (url.port === "0") return "port 0 cannot be connected to: name another port";
  if (isLoopbackHost(url.hostname) || isOpenPort(url.port, policy)) return undefined;
  return `port ${url.port || HTTPS_PORT} is not allowed: use ${describePorts(policy.ports)}`;
}

/** Whether a normalised host name means this machine, as a name or as an address. */
export function isLoopbackHost(hostname: string): boolean {
  const address = literalAddressOf(hostname);
  return address === undefined ? isLocalhostName(hostname) : judgeAddress(address).kind === "loopback";
}

/** An empty port is the scheme's own, and only https gets that far without being loopback. */
function isOpenPort(port: string, { ports }: UrlPolicy): boolean {
  return isPortIn(port === "" ? HTTPS_PORT : Number(port), ports);
}

function hasSpaceOrControl(text: string): boolean {
  return /[^!-~\u0080-\uffff]|\s/.test(text);
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function refuse(reason: string): UrlVerdict {
  return { ok: false, reason };
}
