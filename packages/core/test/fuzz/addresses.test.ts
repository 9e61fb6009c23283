import { BlockList, isIP, isIPv4 } from "node:net";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { addressBucket, type Cidr, isInRanges, parseCidr } from "../../src/network/cidr.js";
import { findClientAddress } from "../../src/network/client-address.js";
import { FUZZ_RUNS, FUZZ_TIMEOUT_MS, hostileText, mutationsOf } from "./hostile-text.js";

vi.setConfig({ testTimeout: FUZZ_TIMEOUT_MS });

const anyAddress = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((address) => `::ffff:${address}`),
);
const almostAddress = anyAddress.chain(mutationsOf);
const prefixLength = fc.oneof(
  fc.nat(140).map(String),
  fc.constantFrom("", "-1", "08", "1e1", "٣", " 8", "8 "),
  hostileText,
);
const almostRange = fc
  .tuple(fc.oneof(anyAddress, almostAddress), prefixLength)
  .map((parts) => parts.join("/"));

const parsedRanges = (...texts: string[]) =>
  texts.map(parseCidr).filter((range): range is Cidr => range !== undefined);

describe("ranges", () => {
  test("whatever parses is an address and a length that fits it, and no text throws", () => {
    fc.assert(
      fc.property(fc.oneof(almostRange, almostAddress, anyAddress, hostileText), (text) => {
        const range = parseCidr(text);
        if (range === undefined) return;
        const [address = "", length = "0", ...rest] = text.split("/");
        expect(isIP(address)).not.toBe(0);
        expect(rest).toEqual([]);
        expect(length).toMatch(/^[0-9]{1,3}$/);
        expect(Number(length)).toBeLessThanOrEqual(isIPv4(address) ? 32 : 128);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  test("an address lies in a range exactly when its bits say so", () => {
    const rangeAndAddress = fc.oneof(
      fc.tuple(fc.constant("ipv4" as const), fc.ipV4(), fc.nat(32), fc.ipV4()),
      fc.tuple(fc.constant("ipv6" as const), fc.ipV6(), fc.nat(128), fc.ipV6()),
    );
    fc.assert(
      fc.property(rangeAndAddress, fc.boolean(), ([family, network, length, other], isOwn) => {
        const address = isOwn ? network : other;
        const [range] = parsedRanges(`${network}/${length}`);
        // What begins as an IPv4-mapped range is one of IPv4 here, and may be too wide to be either.
        if (range === undefined || range.address.kind() !== family) return;
        const list = new BlockList();
        list.addSubnet(network, length, family);
        expect(isInRanges(address, [range])).toBe(list.check(address, family));
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  test("a text that is no address lies in no range and is counted under nothing", () => {
    const everything = parsedRanges("0.0.0.0/0", "::/0");
    fc.assert(
      fc.property(fc.oneof(almostAddress, hostileText), (text) => {
        if (isIP(text) !== 0) return;
        expect(isInRanges(text, everything)).toBe(false);
        expect(addressBucket(text)).toBeUndefined();
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});

describe("the walk along X-Forwarded-For", () => {
  const trustedProxies = parsedRanges("10.0.0.0/8", "2001:db8:ffff::/48");
  const proxy = fc.oneof(
    fc.ipV4().map((address) => address.replace(/^\d+/, "10")),
    fc.constantFrom("2001:db8:ffff::1", "::ffff:10.0.0.1", "[2001:db8:ffff::1]:443", "10.0.0.1:80"),
  );
  const entry = fc.oneof(proxy, anyAddress, almostAddress, hostileText);
  const header = fc.array(entry, { maxLength: 6 }).map((entries) => entries.join(", "));

  test("its end is the connection or stands in the header, and nothing throws", () => {
    fc.assert(
      fc.property(fc.oneof(proxy, anyAddress, hostileText), header, (connectionAddress, forwardedFor) => {
        const client = findClientAddress({ connectionAddress, forwardedFor, trustedProxies });
        expect(client !== undefined && `${connectionAddress},${forwardedFor}`.includes(client)).toBe(true);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  test("what stands left of an address that isn't a trusted proxy's changes nothing", () => {
    fc.assert(
      fc.property(header, anyAddress, fc.array(proxy, { maxLength: 3 }), (forged, client, proxies) => {
        if (isInRanges(client, trustedProxies)) return;
        const honest = [client, ...proxies].join(", ");
        const found = findClientAddress({
          connectionAddress: "10.0.0.9",
          forwardedFor: `${forged},${honest}`,
          trustedProxies,
        });
        expect(found).toBe(client);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  test("whatever the header says, a connection that isn't a trusted proxy's is the client", () => {
    fc.assert(
      fc.property(anyAddress, header, (connectionAddress, forwardedFor) => {
        if (isInRanges(connectionAddress, trustedProxies)) return;
        expect(findClientAddress({ connectionAddress, forwardedFor, trustedProxies })).toBe(
          connectionAddress,
        );
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
