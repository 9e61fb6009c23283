import ipaddr from "ipaddr.js";
import { type AddressRange, findEnclosingRange } from "./address-ranges.js";

export type PrivateRangeResult =
  | { readonly ok: true; readonly range: AddressRange }
  | { readonly ok: false; readonly problem: string };

/** Reads a CIDR that opens a part of the private tier. One that reaches beyond it, or into the never tier, is a problem. */
export function readPrivateRange(value: unknown): PrivateRangeResult {
  if (typeof value !== "string") return problem('must be a CIDR such as "10.20.0.0/16"');
  const range = parseRange(value);
  if (range === undefined) return problem(`${JSON.stringify(value)} is not a CIDR such as "10.20.0.0/16"`);
  const network = networkOf(value, range);
  if (range[0].toString() !== network) {
    return problem(`${value} has bits set beyond its length: write ${network}/${range[1]}`);
  }
  const enclosing = findEnclosingRange(range);
  if (enclosing?.tier === "never") return problem(`${value} (${enclosing.what}) is never opened`);
  if (enclosing === undefined) {
    return problem(
      `${value} is not inside a private range (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7)`,
    );
  }
  return { ok: true, range };
}

function parseRange(text: string): AddressRange | undefined {
  const [address = "", length = "", ...rest] = text.split("/");
  if (rest.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !isPlainIPv6(address)) return undefined;
  const network = ipaddr.parse(address);
  const bits = Number(length);
  return bits <= (network.kind() === "ipv4" ? 32 : 128) ? [network, bits] : undefined;
}

// A dotted end (`::ffff:10.0.0.0`) has two readings; the range it means is written in IPv4.
function isPlainIPv6(address: string): boolean {
  return address.includes(":") && !/[.%]/.test(address) && ipaddr.IPv6.isValid(address);
}

function networkOf(text: string, [address]: AddressRange): string {
  return address.kind() === "ipv4"
    ? ipaddr.IPv4.networkAddressFromCIDR(text).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(text).toString();
}

function problem(text: string): PrivateRangeResult {
  return { ok: false, problem: text };
}
