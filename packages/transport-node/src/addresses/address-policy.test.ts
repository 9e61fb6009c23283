import { describe, expect, it } from "vitest";
import { checkAddress, judgeAddress } from "./address-policy.js";

const ALLOWED = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "93.184.216.34",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.1",
  "168.63.129.15",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.1",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2001:200::1",
  "2001:4860:4860::8888",
  "2606:4700:4700::1111",
  "2a00:1450:4001:81b::200e",
  "3ffe::1",
  "::ffff:8.8.8.8",
  "64:ff9b::808:808",
];

const NEVER: readonly (readonly [string, string])[] = [
  ["0.0.0.0", "unspecified"],
  ["0.1.2.3", "unspecified"],
  ["100.100.100.200", "cloud metadata"],
  ["168.63.129.16", "cloud metadata"],
  ["192.0.0.192", "cloud metadata"],
  ["fd00:ec2::254", "cloud metadata"],
  ["fd00:ec2::23", "cloud metadata"],
  ["fd20:ce::254", "cloud metadata"],
  ["fd00:42::42", "cloud metadata"],
  ["169.254.169.254", "link-local"],
  ["169.254.0.0", "link-local"],
  ["169.254.255.255", "link-local"],
  ["192.0.0.1", "reserved"],
  ["192.0.0.8", "reserved"],
  ["192.88.99.1", "reserved"],
  ["192.31.196.1", "reserved"],
  ["192.52.193.1", "reserved"],
  ["192.175.48.1", "reserved"],
  ["240.0.0.1", "reserved"],
  ["254.255.255.255", "reserved"],
  ["192.0.2.1", "documentation"],
  ["198.51.100.7", "documentation"],
  ["203.0.113.255", "documentation"],
  ["198.18.0.0", "benchmarking"],
  ["198.19.255.255", "benchmarking"],
  ["224.0.0.1", "multicast"],
  ["239.255.255.255", "multicast"],
  ["255.255.255.255", "broadcast"],
  ["::", "unspecified"],
  ["fe80::1", "link-local"],
  ["febf::1", "link-local"],
  ["fec0::1", "site-local"],
  ["feff::1", "site-local"],
  ["ff02::1", "multicast"],
  ["2001:db8::1", "documentation"],
  ["3fff::1", "documentation"],
  ["3fff:fff::1", "documentation"],
  ["100::1", "discard-only"],
  ["2001::1", "tunnelled (Teredo)"],
  ["2002:808:808::1", "tunnelled (6to4)"],
  ["2002:7f00:1::", "tunnelled (6to4)"],
  ["2001:2::1", "reserved"],
  ["2001:10::1", "reserved"],
  ["2001:1ff:ffff::1", "reserved"],
  ["2620:4f:8000::1", "reserved"],
  ["5f00::1", "reserved"],
  ["64:ff9b:1::808:808", "local NAT64"],
  ["::7f00:1", "IPv4-compatible"],
  ["::8.8.8.8", "IPv4-compatible"],
  ["::2", "IPv4-compatible"],
  ["::ffff:0:808:808", "reserved"],
  ["4000::1", "reserved"],
  ["1fff::1", "reserved"],
  ["e000::1", "reserved"],
  ["64:ff9b::7f00:1", "NAT64 image of a loopback"],
  ["64:ff9b::a9fe:a9fe", "NAT64 image of a link-local"],
  ["64:ff9b::a00:1", "NAT64 image of a private network"],
  ["::ffff:169.254.169.254", "link-local"],
  ["::ffff:0.0.0.0", "unspecified"],
  ["fe80::1%eth0", "malformed or zoned"],
  ["2606:4700::1111%1", "malformed or zoned"],
  ["010.0.0.1", "malformed or zoned"],
  ["0x7f.1", "malformed or zoned"],
  ["2130706433", "malformed or zoned"],
  ["localhost", "malformed or zoned"],
  ["", "malformed or zoned"],
  ["::ffff:0127.0.0.1", "malformed or zoned"],
  ["::1]/[", "malformed or zoned"],
];

const PRIVATE: readonly (readonly [string, string])[] = [
  ["10.0.0.0", "private network"],
  ["10.255.255.255", "private network"],
  ["172.16.0.0", "private network"],
  ["172.31.255.255", "private network"],
  ["192.168.0.0", "private network"],
  ["192.168.255.255", "private network"],
  ["100.64.0.0", "shared carrier network"],
  ["100.127.255.255", "shared carrier network"],
  ["fc00::1", "private network"],
  ["fdff:ffff::1", "private network"],
  ["::ffff:10.0.0.1", "private network"],
];

const LOOPBACK = [
  "127.0.0.1",
  "127.0.0.0",
  "127.255.255.255",
  "::1",
  "::ffff:127.0.0.1",
  "0:0:0:0:0:ffff:7f01:203",
];

describe("judgeAddress", () => {
  it.each(ALLOWED)("allows the public address %s", (address) => {
    expect(judgeAddress(address)).toEqual({ kind: "allowed" });
  });

  it.each(NEVER)("forbids %s for good: %s", (address, what) => {
    expect(judgeAddress(address)).toEqual({ kind: "forbidden", tier: "never", what });
  });

  it.each(PRIVATE)("forbids %s as somebody's own network: %s", (address, what) => {
    expect(judgeAddress(address)).toEqual({ kind: "forbidden", tier: "private", what });
  });

  it.each(LOOPBACK)("knows %s as loopback", (address) => {
    expect(judgeAddress(address)).toEqual({ kind: "loopback" });
  });
});

describe("checkAddress", () => {
  it("opens loopback, and nothing else that is forbidden, when the rule says so", () => {
    const rule = { loopback: true, loopbackOnly: false, privateRanges: [] };
    for (const address of LOOPBACK) expect(checkAddress(address, rule)).toEqual({ ok: true });
    for (const [address] of [...NEVER, ...PRIVATE]) expect(checkAddress(address, rule).ok).toBe(false);
  });

  it("refuses public addresses where only loopback may be reached", () => {
    const rule = { loopback: true, loopbackOnly: true, privateRanges: [] };
    expect(checkAddress("8.8.8.8", rule)).toEqual({ ok: false, what: "non-loopback" });
    expect(checkAddress("127.0.0.1", rule)).toEqual({ ok: true });
  });
});
