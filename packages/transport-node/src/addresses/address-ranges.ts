import ipaddr from "ipaddr.js";

/**
 * Why an address is not for partners. `never` has no switch; `private` is somebody's own network.
 * `what` completes the sentence "… is a(n) … address".
 */
export interface RefusedRange {
  readonly tier: "never" | "private";
  readonly what: string;
}

/** A network and the length of its prefix in bits. */
export type AddressRange = readonly [network: ipaddr.IPv4 | ipaddr.IPv6, bits: number];

type Range = RefusedRange & { readonly cidr: AddressRange };

function ranges(tier: RefusedRange["tier"], what: string, ...cidrs: readonly string[]): readonly Range[] {
  return cidrs.map((cidr) => ({ tier, what, cidr: ipaddr.parseCIDR(cidr) }));
}

// The first match wins: what has no switch stands before the private ranges that contain it.
const IPV4_RANGES: readonly Range[] = [
  // Alibaba; Oracle; Azure. The rest of the large clouds answer in 169.254.0.0/16.
  ...ranges("never", "cloud metadata", "100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32"),
  ...ranges("never", "unspecified", "0.0.0.0/8"),
  ...ranges("never", "link-local", "169.254.0.0/16"),
  ...ranges("never", "documentation", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
  ...ranges("never", "benchmarking", "198.18.0.0/15"),
  ...ranges("never", "multicast", "224.0.0.0/4"),
  ...ranges("never", "broadcast", "255.255.255.255/32"),
  // Protocol assignments; AS112; AMT; retired 6to4 relays; AS112; class E.
  ...ranges("never", "reserved", "192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24"),
  ...ranges("never", "reserved", "192.88.99.0/24", "192.175.48.0/24", "240.0.0.0/4"),
  ...ranges("private", "private network", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
  ...ranges("private", "shared carrier network", "100.64.0.0/10"),
];

const IPV6_RANGES: readonly Range[] = [
  // AWS; Google; Oracle; Scaleway.
  ...ranges("never", "cloud metadata", "fd00:ec2::/32", "fd20:ce::/32", "fd00:c1::/32", "fd00:42::/32"),
  ...ranges("never", "unspecified", "::/128"),
  ...ranges("never", "link-local", "fe80::/10"),
  ...ranges("never", "site-local", "fec0::/10"),
  ...ranges("never", "multicast", "ff00::/8"),
  ...ranges("never", "documentation", "2001:db8::/32", "3fff::/20"),
  ...ranges("never", "discard-only", "100::/64"),
  // Nobody runs a receiver behind these, and the IPv4 address inside could be anybody's.
  ...ranges("never", "tunnelled (Teredo)", "2001::/32"),
  ...ranges("never", "tunnelled (6to4)", "2002::/16"),
  ...ranges("never", "local NAT64", "64:ff9b:1::/48"),
  ...ranges("never", "IPv4-compatible", "::/96"),
  // Protocol assignments; AS112; segment routing.
  ...ranges("never", "reserved", "2001::/23", "2620:4f:8000::/48", "5f00::/16"),
  ...ranges("private", "private network", "fc00::/7"),
];

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");
const NOT_GLOBAL_UNICAST: RefusedRange = { tier: "never", what: "reserved" };

/** The range that keeps an address from being used, loopback apart; undefined for global unicast. */
export function findRefusedRange(address: ipaddr.IPv4 | ipaddr.IPv6): RefusedRange | undefined {
  const range = rangesOf(address).find(({ cidr }) => address.match(...cidr));
  if (range !== undefined) return range;
  return address.kind() === "ipv4" || address.match(...GLOBAL_UNICAST) ? undefined : NOT_GLOBAL_UNICAST;
}

/** The range that holds all of another; undefined when none of the listed ones does. */
export function findEnclosingRange([network, bits]: AddressRange): RefusedRange | undefined {
  return rangesOf(network).find(({ cidr }) => cidr[1] <= bits && network.match(...cidr));
}

function rangesOf(address: ipaddr.IPv4 | ipaddr.IPv6): readonly Range[] {
  return address.kind() === "ipv4" ? IPV4_RANGES : IPV6_RANGES;
}
