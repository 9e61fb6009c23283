import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTransportConfig } from "./config/read-transport-config.js";
import { checkUrl } from "./url-policy.js";

const production = (url: string) => checkUrl(url, readTransportConfig({}).policy);
const development = (url: string) =>
  checkUrl(url, readTransportConfig({ development: { loopback: true } }).policy);

describe("a partner's URL", () => {
  it("of 2048 characters is allowed, and one more is not", () => {
    const url = "https://example.com/";
    expect(production(url + "a".repeat(2048 - url.length))).toEqual({ ok: true });
    expect(production(url + "a".repeat(2049 - url.length))).toEqual({
      ok: false,
      reason: "the URL is longer than 2048 characters: shorten it",
    });
  });

  it("never has its credentials repeated in the reason", () => {
    for (const url of ["https://user:hunter2@example.com/", "http://user:hunter2@10.0.0.1/#x"]) {
      expect(JSON.stringify(production(url))).not.toMatch(/hunter2|user/);
    }
  });
});

describe("development.loopback", () => {
  it.each([
    "http://localhost/",
    "http://localhost:3000/hook",
    "http://api.localhost:3000/",
    "http://127.0.0.1:80/",
    "http://127.1:22/",
    "http://[::1]:3000/",
    "http://[::ffff:127.0.0.1]:3000/",
    "https://localhost:22/",
    "https://127.0.0.1/",
  ])("opens %s", (url) => {
    expect(development(url)).toEqual({ ok: true });
  });

  it.each([
    "http://example.com/",
    "http://8.8.8.8/",
    "http://10.0.0.1/",
    "https://10.0.0.1/",
    "https://192.168.1.1:8443/",
    "https://169.254.169.254/",
    "https://0.0.0.0/",
    "https://[::]/",
    "https://[fe80::1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://example.com:22/",
    "http://user@localhost/",
    "http://localhost/#x",
    "http://localhost:0/",
    "ftp://localhost/",
  ])("still refuses %s", (url) => {
    expect(development(url).ok).toBe(false);
  });
});

/** Every spelling the URL standard turns into one IPv4 address, and the IPv6 forms that stand for it. */
function spellings(address: number): readonly string[] {
  const octets = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255);
  const hextets = [address >>> 16, address & 0xffff].map((part) => part.toString(16)).join(":");
  const [a = 0, b = 0] = octets;
  return [
    octets.join("."),
    `${octets.join(".")}.`,
    `${address}`,
    `0x${address.toString(16)}`,
    `0${address.toString(8)}`,
    octets.map((octet) => `0x${octet.toString(16)}`).join("."),
    octets.map((octet) => `0${octet.toString(8)}`).join("."),
    `${a}.${address & 0xffffff}`,
    `${a}.${b}.${address & 0xffff}`,
    `[::ffff:${octets.join(".")}]`,
    `[::ffff:${hextets}]`,
    `[0:0:0:0:0:ffff:${hextets}]`,
    `[64:ff9b::${hextets}]`,
    `[2002:${hextets}::1]`,
    `[::${hextets}]`,
  ];
}

const FORBIDDEN_IPV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

const forbiddenIPv4 = fc.constantFrom(...FORBIDDEN_IPV4).chain(([base, bits]) => {
  const start = base.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return fc.integer({ min: 0, max: 2 ** (32 - bits) - 1 }).map((offset) => start + offset);
});

describe("any spelling", () => {
  it("of any forbidden IPv4 address is refused", () => {
    fc.assert(
      fc.property(forbiddenIPv4, (address) => {
        for (const host of spellings(address))
          expect([host, production(`https://${host}/`).ok]).toEqual([host, false]);
      }),
      { numRuns: 300 },
    );
  });

  it("of a public IPv4 address gets the verdict of the dotted one", () => {
    const [first] = spellings(0x08080808);
    expect(production(`https://${first}/`)).toEqual({ ok: true });
    for (const host of spellings(0x08080808).slice(2, 12))
      expect([host, production(`https://${host}/`).ok]).toEqual([host, true]);
  });
});

describe("any text", () => {
  it("is judged without a throw, and never allowed on http in production", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary" }), fc.webUrl(), fc.webUrl({ withFragments: true })),
        (text) => {
          const verdict = production(text);
          if (verdict.ok) expect(text.slice(0, 8).toLowerCase()).toBe("https://");
          else expect(verdict.reason).not.toBe("");
        },
      ),
    );
  });
});
