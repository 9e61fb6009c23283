import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkUrl } from "./url-policy.js";

const production = (url: string) => checkUrl(url, { loopback: false });
const development = (url: string) => checkUrl(url, { loopback: true });

const GOOD = [
  "https://example.com",
  "https://example.com/",
  "https://example.com/hooks?tenant=1&x=%20",
  "HTTPS://Example.COM/hooks",
  "https://example.com:443/",
  "https://example.com:1024/",
  "https://example.com:8443/",
  "https://example.com:65535/",
  "https://sub.domain.example.co.uk/a/b/c",
  "https://abc123.ngrok.io/webhooks/test",
  "https://münchen.example/hook",
  "https://xn--mnchen-3ya.example/hook",
  "https://127.0.0.1.example.com/",
  "https://localhost.example.com/",
  "https://notlocalhost/",
  "https://1.1.1.1/",
  "https://93.184.216.34:8443/hook",
  "https://0x01010101/",
  "https://[2606:4700:4700::1111]/",
  "https://[2606:4700:4700::1111]:8443/",
  "https://[::ffff:8.8.8.8]/",
  "https://[64:ff9b::808:808]/",
  "https://example.com/user@example.com",
  "https://example.com/?mail=user@example.com",
];

// A spelling on the left, a word of the reason on the right.
const REFUSED_LITERALS: readonly (readonly [string, RegExp])[] = [
  ["https://127.0.0.1/", /loopback/],
  ["https://127.0.0.1./", /loopback/],
  ["https://127.1/", /loopback/],
  ["https://127.0.1/", /loopback/],
  ["https://127.255.255.254/", /loopback/],
  ["https://2130706433/", /loopback/],
  ["https://0x7f000001/", /loopback/],
  ["https://0X7F000001/", /loopback/],
  ["https://0x7f.1/", /loopback/],
  ["https://0x7f.0x0.0x0.0x1/", /loopback/],
  ["https://017700000001/", /loopback/],
  ["https://0177.0.0.1/", /loopback/],
  ["https://0177.0.0.01/", /loopback/],
  ["https://00000177.1/", /loopback/],
  ["https://%31%32%37.0.0.1/", /loopback/],
  ["https://127%2E0%2E0%2E1/", /loopback/],
  ["https://１２７.0.0.1/", /loopback/],
  ["https://127。0。0。1/", /loopback/],
  ["https://①②⑦.⓪.⓪.①/", /loopback/],
  ["https://[::1]/", /loopback/],
  ["https://[0:0:0:0:0:0:0:1]/", /loopback/],
  ["https://[0000:0000:0000:0000:0000:0000:0000:0001]/", /loopback/],
  ["https://[::ffff:127.0.0.1]/", /loopback/],
  ["https://[::ffff:7f00:1]/", /loopback/],
  ["https://[0:0:0:0:0:FFFF:7F00:0001]/", /loopback/],
  ["https://localhost/", /loopback/],
  ["https://LOCALHOST/", /loopback/],
  ["https://localhost./", /loopback/],
  ["https://localhost.:8443/", /loopback/],
  ["https://api.localhost/", /loopback/],
  ["https://ⓛocalhost/", /loopback/],
  ["https://loc%61lhost/", /loopback/],
  ["https://0/", /unspecified/],
  ["https://0.0.0.0/", /unspecified/],
  ["https://0x0/", /unspecified/],
  ["https://[::]/", /unspecified/],
  ["https://[::0.0.0.0]/", /unspecified/],
  ["https://10.0.0.1/", /private/],
  ["https://10.1/", /private/],
  ["https://167772161/", /private/],
  ["https://0xa000001/", /private/],
  ["https://012.0.0.1/", /private/],
  ["https://172.16.0.1/", /private/],
  ["https://172.31.255.255/", /private/],
  ["https://192.168.1.1/", /private/],
  ["https://192.168.257/", /private/],
  ["https://3232235777/", /private/],
  ["https://0300.0250.1.1/", /private/],
  ["https://[::ffff:192.168.1.1]/", /private/],
  ["https://[fd12:3456::1]/", /private/],
  ["https://[fc00::]/", /private/],
  ["https://100.64.0.1/", /carrier/],
  ["https://100.100.100.200/", /metadata/],
  ["https://168.63.129.16/", /metadata/],
  ["https://2822734096/", /metadata/],
  ["https://192.0.0.192/", /metadata/],
  ["https://[fd00:ec2::254]/", /metadata/],
  ["https://169.254.169.254/latest/meta-data/", /link-local/],
  ["https://2852039166/", /link-local/],
  ["https://0xa9fea9fe/", /link-local/],
  ["https://0251.0376.0251.0376/", /link-local/],
  ["https://169.254.43518/", /link-local/],
  ["https://[::ffff:a9fe:a9fe]/", /link-local/],
  ["https://[fe80::1]/", /link-local/],
  ["https://[fec0::1]/", /site-local/],
  ["https://[64:ff9b::7f00:1]/", /NAT64/],
  ["https://[64:ff9b::169.254.169.254]/", /NAT64/],
  ["https://[64:ff9b:1::a00:1]/", /NAT64/],
  ["https://[2002:7f00:1::]/", /6to4/],
  ["https://[2002:a9fe:a9fe::1]/", /6to4/],
  ["https://[2001:0:a00:1::1]/", /Teredo/],
  ["https://[::127.0.0.1]/", /IPv4-compatible/],
  ["https://[::ffff:0:7f00:1]/", /reserved/],
  ["https://[2001:db8::1]/", /documentation/],
  ["https://[3fff::1]/", /documentation/],
  ["https://[100::1]/", /discard/],
  ["https://[5f00::1]/", /reserved/],
  ["https://[2001:2::1]/", /reserved/],
  ["https://[ff02::1]/", /multicast/],
  ["https://192.0.2.1/", /documentation/],
  ["https://198.18.0.1/", /benchmarking/],
  ["https://224.0.0.1/", /multicast/],
  ["https://240.0.0.1/", /reserved/],
  ["https://255.255.255.255/", /broadcast/],
  ["https://4294967295/", /broadcast/],
];

const REFUSED_SHAPES: readonly (readonly [string, RegExp])[] = [
  ["", /empty/],
  ["example.com", /absolute/],
  ["//example.com/", /absolute/],
  ["/hooks", /absolute/],
  ["https:example.com", /absolute/],
  ["https:/example.com", /absolute/],
  ["https:///example.com", /absolute/],
  ["https://", /absolute/],
  ["https:///", /absolute/],
  ["https://?x", /absolute/],
  ["mailto:a@example.com", /absolute/],
  ["javascript:alert(1)", /absolute/],
  ["data:text/plain,hi", /absolute/],
  ["http://example.com/", /https/],
  ["http://example.com:8443/", /https/],
  ["http://127.0.0.1/", /https.*loopback/],
  ["ftp://example.com/", /https/],
  ["ws://example.com/", /https/],
  ["file://host/etc/passwd", /https/],
  ["gopher://example.com/", /https/],
  ["https://example.com:80/", /port 80 /],
  ["https://example.com:22/", /port 22 /],
  ["https://example.com:1023/", /port 1023 /],
  ["https://example.com:0/", /port 0 /],
  ["https://example.com:65536/", /not valid/],
  ["https://example.com:-1/", /not valid/],
  ["https://example.com./", /dot/],
  ["https://example.com../", /dot/],
  ["https://[fe80::1%25eth0]/", /zone/],
  ["https://[fe80::1%eth0]/", /zone/],
  ["https://[::1/", /not valid/],
  ["https://[1.2.3.4]/", /not valid/],
  ["https://1.2.3.4.5/", /not valid/],
  ["https://256.256.256.256/", /not valid/],
  ["https://0x100000000/", /not valid/],
  ["https://08.0.0.1/", /not valid/],
  ["https://exa%00mple.com/", /not valid/],
  ["https://exa<mple.com/", /not valid/],
  ["https://user:hunter2@example.com/", /credentials/],
  ["https://user@example.com/", /credentials/],
  ["https://@example.com/", /credentials/],
  ["https://:@example.com/", /credentials/],
  ["https://example.com@127.0.0.1/", /credentials/],
  ["https://example.com#@127.0.0.1/", /fragment/],
  ["https://example.com/#", /fragment/],
  ["https://example.com/#part", /fragment/],
  ["https://example.com\\@127.0.0.1/", /backslash/],
  ["https:\\\\127.0.0.1\\", /backslash/],
  [" https://example.com/", /space/],
  ["https://example.com/ ", /space/],
  ["https://exam\tple.com/", /control/],
  ["https://exam\nple.com/", /control/],
  ["https://example.com/\r\nhost: x", /control/],
  ["https://example.com/\u0000", /control/],
  ["https://example.com/\u007f", /control/],
  ["https://example.com/\u2028", /space/],
  [`https://example.com/${"a".repeat(2048)}`, /2048/],
];

describe("a partner's URL", () => {
  it.each(GOOD)("%s is allowed", (url) => {
    expect(production(url)).toEqual({ ok: true });
  });

  it.each(REFUSED_LITERALS)("%s is refused as %s", (url, reason) => {
    expect(production(url)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it.each(REFUSED_SHAPES)("%j is refused: %s", (url, reason) => {
    expect(production(url)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it("of exactly 2048 characters is allowed", () => {
    const url = "https://example.com/";
    expect(production(url + "a".repeat(2048 - url.length))).toEqual({ ok: true });
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

  it("opens, among the refused literals, exactly those that are loopback", () => {
    for (const [url, reason] of REFUSED_LITERALS) {
      const isLoopback = reason.source === "loopback" && !url.includes("localhost.");
      expect([url, development(url).ok]).toEqual([url, isLoopback]);
    }
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
