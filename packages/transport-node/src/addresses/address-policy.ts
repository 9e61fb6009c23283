import ipaddr from "ipaddr.js";
import { type AddressRange, findRefusedRange, type RefusedRange } from "./address-ranges.js";

/** What an address is. Only `allowed` is open to everybody; `loopback` opens in development, `private` by range. */
export type AddressVerdict =
  | { readonly kind: "allowed" }
  | { readonly kind: "loopback" }
  | ({ readonly kind: "forbidden" } & RefusedRange);

/** Where a connection may go. With `loopbackOnly` public and opened private addresses are refused as well. */
export interface AddressRule {
  readonly loopback: boolean;
  /** What the host has opened of the private tier; nothing here opens an address of the never tier. */
  readonly privateRanges: readonly AddressRange[];
  readonly loopbackOnly: boolean;
}

export type AddressCheck = { readonly ok: true } | { readonly ok: false; readonly what: string };

const IPV4_LOOPBACK = ipaddr.IPv4.parseCIDR("127.0.0.0/8");
const IPV6_LOOPBACK = ipaddr.IPv6.parseCIDR("::1/128");
const IPV4_MAPPED = ipaddr.IPv6.parseCIDR("::ffff:0:0/96");
const NAT64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");

/**
 * Judges an address as the resolver, the URL parser or a socket writes it: dotted decimal, or IPv6 without a zone.
 * Anything else is forbidden. An IPv4-mapped address is what the IPv4 address inside is. A NAT64 address
 * (RFC 6052) is allowed when the one inside is, and otherwise forbidden; 6to4 and Teredo always are.
 */
export function judgeAddress(address: string): AddressVerdict {
  const parsed = parseAddress(address);
  if (parsed === undefined) return forbidden("never", "malformed or zoned");
  if (parsed.kind() === "ipv6" && parsed.match(...NAT64))
    return judgeNat64Image(judgeParsed(embeddedIPv4(parsed)));
  return judgeParsed(parsed);
}

/** Whether a connection may go to an address; `what` names its kind when it may not. */
export function checkAddress(address: string, rule: AddressRule): AddressCheck {
  const verdict = judgeAddress(address);
  if (verdict.kind === "loopback") return rule.loopback ? { ok: true } : { ok: false, what: "loopback" };
  if (verdict.kind === "forbidden" && !isOpened(address, verdict, rule))
    return { ok: false, what: verdict.what };
  return rule.loopbackOnly ? { ok: false, what: "non-loopback" } : { ok: true };
}

function isOpened(address: string, { tier }: RefusedRange, { privateRanges }: AddressRule): boolean {
  const parsed = tier === "private" ? parseAddress(address) : undefined;
  return (
    parsed !== undefined &&
    privateRanges.some((range) => range[0].kind() === parsed.kind() && parsed.match(...range))
  );
}

/** An IPv4-mapped address comes as the IPv4 address inside. */
function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address);
  // ipaddr.js reads "::8.8.8.8", as resolvers write ::808:808, as the IPv4-mapped ::ffff:8.8.8.8; the URL parser
  // turns a dotted end into plain hextets, which leave no doubt.
  const url = `http://[${address}]/`;
  if (address.includes("%") || !ipaddr.IPv6.isValid(address) || !URL.canParse(url)) return undefined;
  const parsed = ipaddr.IPv6.parse(new URL(url).hostname.slice(1, -1));
  return parsed.match(...IPV4_MAPPED) ? embeddedIPv4(parsed) : parsed;
}

function judgeParsed(address: ipaddr.IPv4 | ipaddr.IPv6): AddressVerdict {
  const loopback: AddressRange = address.kind() === "ipv4" ? IPV4_LOOPBACK : IPV6_LOOPBACK;
  if (address.match(...loopback)) return { kind: "loopback" };
  const range = findRefusedRange(address);
  return range === undefined ? { kind: "allowed" } : forbidden(range.tier, range.what);
}

function judgeNat64Image(inner: AddressVerdict): AddressVerdict {
  if (inner.kind === "allowed") return inner;
  return forbidden("never", `NAT64 image of a ${inner.kind === "loopback" ? "loopback" : inner.what}`);
}

function embeddedIPv4(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

function forbidden(tier: RefusedRange["tier"], what: string): AddressVerdict {
  return { kind: "forbidden", tier, what };
}
