import ipaddr from "ipaddr.js";

/** An IP address or a range of them; IPv4-mapped IPv6 counts as the IPv4 address it carries. */
export interface Cidr {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly prefixLength: number;
}

/** Parses an IP address in its standard spelling; undefined for anything else (octal, short forms, zones, ports). */
export function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(":") || text.includes("%")) return undefined;
  const spelled = withoutDottedPart(text);
  if (spelled === undefined || !ipaddr.IPv6.isValid(spelled)) return undefined;
  const address = ipaddr.IPv6.parse(spelled);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/**
 * Spells the dotted end of an IPv6 address in hex; undefined when it is no IPv4 address in its standard spelling.
 * ipaddr.js would take `::8.8.8.8` for the IPv4-mapped `::ffff:8.8.8.8`, and `::ffff:8.8.8.010` for an address.
 */
function withoutDottedPart(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const dottedAt = text.lastIndexOf(":") + 1;
  const dotted = text.slice(dottedAt);
  if (!ipaddr.IPv4.isValidFourPartDecimal(dotted)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(dotted).octets;
  return `${text.slice(0, dottedAt)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** Parses `203.0.113.0/24`, `2001:db8::/32` or a single address; undefined for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  const [addressText = "", lengthText, ...rest] = text.split("/");
  const address = parseAddress(addressText);
  if (address === undefined || rest.length > 0) return undefined;
  const addressBits = address.kind() === "ipv4" ? 32 : 128;
  if (lengthText === undefined) return { address, prefixLength: addressBits };
  if (!/^\d{1,3}$/.test(lengthText)) return undefined;
  // The length of an IPv4-mapped range counts the 96 bits in front of the IPv4 address.
  const mappedBits = addressText.includes(":") && addressBits === 32 ? 96 : 0;
  const prefixLength = Number(lengthText) - mappedBits;
  return prefixLength >= 0 && prefixLength <= addressBits ? { address, prefixLength } : undefined;
}

/** Whether an address, as text, lies in one of the ranges. Text that is no address lies in none. */
export function isInRanges(addressText: string, ranges: readonly Cidr[]): boolean {
  if (ranges.length === 0) return false;
  const address = parseAddress(addressText);
  if (address === undefined) return false;
  return ranges.some(
    (range) => range.address.kind() === address.kind() && address.match(range.address, range.prefixLength),
  );
}

const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  "private",
  "loopback",
  "linkLocal",
  "uniqueLocal",
  "carrierGradeNat",
]);

/** Whether an address, as text, belongs to no network of the internet's: a machine of one's own, or its neighbours. */
export function isPrivateAddress(addressText: string): boolean {
  const address = parseAddress(addressText);
  return address !== undefined && PRIVATE_RANGES.has(address.range());
}

/** The text one client is counted under: an IPv4 address, or the /56 that an IPv6 customer is given; undefined if neither. */
export function addressBucket(addressText: string): string | undefined {
  const address = parseAddress(addressText);
  if (address === undefined || address.kind() === "ipv4") return address?.toString();
  const bytes = address.toByteArray().map((byte, index) => (index < 7 ? byte : 0));
  return `${ipaddr.fromByteArray(bytes).toString()}/56`;
}
