import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressBucket, isInRanges, parseCidr } from "./cidr.js";
import { findClientAddress } from "./client-address.js";

const ranges = (...texts: string[]) =>
  texts.map((text) => {
    const cidr = parseCidr(text);
    if (cidr === undefined) throw new Error(`not a range: ${text}`);
    return cidr;
  });

describe("ranges", () => {
  test("an address is matched by its bits, IPv4-mapped ones included", () => {
    const [office] = [ranges("203.0.113.0/24", "2001:db8::/32")];
    expect(isInRanges("203.0.113.7", office)).toBe(true);
    expect(isInRanges("::ffff:203.0.113.7", office)).toBe(true);
    expect(isInRanges("::ffff:cb00:7107", office)).toBe(true);
    expect(isInRanges("2001:db8:1::1", office)).toBe(true);
    expect(isInRanges("203.0.114.7", office)).toBe(false);
    expect(isInRanges("::203.0.113.7", office)).toBe(false);
    expect(isInRanges("not an address", office)).toBe(false);
  });

  test("a range written as IPv4-mapped means the IPv4 range", () => {
    expect(isInRanges("10.1.2.3", ranges("::ffff:10.0.0.0/104"))).toBe(true);
    expect(parseCidr("::ffff:10.0.0.0/90")).toBeUndefined();
  });

  test.each([
    "",
    "/",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "010.0.0.1",
    "10.1",
    "::1%eth0",
    "::ffff:10.0.0.010",
    "2001:db8::/129",
  ])("%j is no range", (text) => expect(parseCidr(text)).toBeUndefined());

  test("no text makes the parser throw", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => void parseCidr(text)));
  });

  test("IPv6 clients are counted by their /56", () => {
    expect(addressBucket("2001:db8:1:2345::1")).toBe(addressBucket("2001:db8:1:23ff::9"));
    expect(addressBucket("2001:db8:1:2345::1")).not.toBe(addressBucket("2001:db8:1:2445::1"));
    expect(addressBucket("::ffff:192.0.2.1")).toBe("192.0.2.1");
    expect(addressBucket("unix")).toBeUndefined();
  });
});

describe("the client's address", () => {
  const trustedProxies = ranges("10.0.0.0/8", "2001:db8:ffff::/48");

  test.each([
    ["no proxy trusted: the header is ignored", "198.51.100.9", "203.0.113.5", "198.51.100.9"],
    ["behind a trusted proxy: the entry it added", "10.0.0.1", "203.0.113.5", "203.0.113.5"],
    ["a forged entry further left is ignored", "10.0.0.1", "1.2.3.4, 203.0.113.5, 10.0.0.2", "203.0.113.5"],
    ["only proxies: the leftmost", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["an entry that is no address ends the walk", "10.0.0.1", "203.0.113.5, unknown, 10.0.0.2", "10.0.0.2"],
    ["ports and brackets are dropped", "10.0.0.1", "[2001:db8::7]:443", "2001:db8::7"],
    [
      "a forged header as long as Node allows changes nothing",
      "10.0.0.1",
      `${"1.2.3.4,".repeat(2_000)}203.0.113.5`,
      "203.0.113.5",
    ],
    [
      "only proxies, in a long header: the leftmost",
      "10.0.0.1",
      Array(900).fill("10.0.0.2").join(","),
      "10.0.0.2",
    ],
    ["an empty header says nothing", "10.0.0.1", "", "10.0.0.1"],
    ["a link-local connection's interface is no part of its address", "fe80::1%eth0", "", "fe80::1"],
    ["a mapped proxy address is the proxy", "::ffff:10.0.0.1", "203.0.113.5:1234", "203.0.113.5"],
  ])("%s", (_, connectionAddress, forwardedFor, expected) => {
    expect(findClientAddress({ connectionAddress, forwardedFor, trustedProxies })).toBe(expected);
  });

  test("whatever the header says, an untrusted connection is the client", () => {
    fc.assert(
      fc.property(fc.string(), (forwardedFor) => {
        const connectionAddress = "198.51.100.9";
        expect(findClientAddress({ connectionAddress, forwardedFor, trustedProxies })).toBe(
          connectionAddress,
        );
      }),
    );
  });
});
