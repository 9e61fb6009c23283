import { ConfigError } from "@tenon/core/errors";
import { describe, expect, it } from "vitest";
import { readTransportConfig } from "./read-transport-config.js";
import type { NodeTransportConfig } from "./transport-config.js";

function problemsOf(config: unknown): Readonly<Record<string, string>> {
  try {
    readTransportConfig(config as NodeTransportConfig);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ pointer, message }) => [pointer, message]));
  }
  return {};
}

const pointersOf = (config: unknown) => Object.keys(problemsOf(config));

describe("the configuration", () => {
  it("opens nothing unless it says so", () => {
    const closed = {
      policy: {
        loopback: false,
        privateRanges: [],
        ports: [
          [443, 443],
          [1024, 65_535],
        ],
      },
      certificateAuthorities: [],
      resolver: "dns",
      proxy: undefined,
    };
    for (const config of [{}, { development: {} }, { development: { loopback: false } }]) {
      expect(readTransportConfig(config)).toEqual(closed);
    }
    expect(readTransportConfig({ development: { loopback: true } }).policy.loopback).toBe(true);
  });

  it("is refused with every problem named", () => {
    expect(pointersOf({ develoment: {}, "a/b": 1, development: { loopback: "yes", all: true } })).toEqual([
      "/develoment",
      "/a~1b",
      "/development/all",
      "/development/loopback",
    ]);
    expect(pointersOf({ development: true })).toEqual(["/development"]);
    expect(
      pointersOf({ privateRanges: "10.0.0.0/8", ports: 443, resolver: "ares", proxy: "http://p" }),
    ).toEqual(["/privateRanges", "/ports", "/resolver", "/proxy"]);
    expect(pointersOf(null)).toEqual([""]);
    expect(pointersOf([])).toEqual([""]);
  });
});

describe("privateRanges", () => {
  it.each(["10.0.0.0/8", "10.20.0.0/16", "192.168.1.7/32", "100.64.0.0/10", "fc00::/7", "fd12:3456::/32"])(
    "takes %s",
    (range) => expect(readTransportConfig({ privateRanges: [range] }).policy.privateRanges).toHaveLength(1),
  );

  it.each([
    ["0.0.0.0/0", "not inside a private range"],
    ["10.0.0.0/7", "not inside a private range"],
    ["8.8.8.0/24", "not inside a private range"],
    ["2001:4860::/32", "not inside a private range"],
    ["::/0", "not inside a private range"],
    ["127.0.0.0/8", "not inside a private range"],
    ["::1/128", "never opened"],
    ["169.254.169.254/32", "(link-local) is never opened"],
    ["100.100.100.200/32", "(cloud metadata) is never opened"],
    ["fd00:ec2::254/128", "(cloud metadata) is never opened"],
    ["64:ff9b:1::/48", "(local NAT64) is never opened"],
    ["10.20.30.0/16", "write 10.20.0.0/16"],
    ["fd12:3456::1/32", "write fd12:3456::/32"],
    ["10.0.0.1", "is not a CIDR"],
    ["10.0.0.0/33", "is not a CIDR"],
    ["010.0.0.0/8", "is not a CIDR"],
    ["10/8", "is not a CIDR"],
    ["::ffff:10.0.0.0/104", "is not a CIDR"],
    ["fd12::%eth0/64", "is not a CIDR"],
    ["private", "is not a CIDR"],
  ])("refuses %s by name: %s", (range, problem) => {
    const problems = problemsOf({ privateRanges: ["10.0.0.0/8", range] });
    expect(problems).toEqual({ "/privateRanges/1": expect.stringContaining(problem) });
    expect(problems["/privateRanges/1"]).toContain(range);
  });

  it("refuses what isn't a text", () => {
    expect(pointersOf({ privateRanges: [10, null] })).toEqual(["/privateRanges/0", "/privateRanges/1"]);
  });
});

describe("ports", () => {
  it("takes ports and ranges of them", () => {
    expect(readTransportConfig({ ports: [443, [8000, 8999]] }).policy.ports).toEqual([
      [443, 443],
      [8000, 8999],
    ]);
  });

  it("refuses what is none", () => {
    const ports = [0, 65_536, 1.5, "443", [1], [2, 1], [1, 2, 3], null];
    expect(pointersOf({ ports })).toEqual(ports.map((_, index) => `/ports/${index}`));
    expect(pointersOf({ ports: [] })).toEqual(["/ports"]);
  });
});

describe("a proxy", () => {
  it.each([
    ["/proxy/url", { url: "http://user:hunter2@proxy.internal:3128" }],
    ["/proxy/url", { url: "http://proxy.internal/hunter2" }],
    ["/proxy/url", { url: "socks5://proxy.internal" }],
    ["/proxy/url", {}],
    ["/proxy/authorization", { url: "http://proxy.internal", authorization: "Basic hunter2\r\nx: y" }],
    ["/proxy/resolves", { url: "http://proxy.internal", resolves: "there" }],
    ["/proxy/user", { url: "http://proxy.internal", user: "hunter2" }],
  ])("with a problem at %s is refused without repeating it", (pointer, proxy) => {
    const problems = problemsOf({ proxy });
    expect(Object.keys(problems)).toEqual([pointer]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });
});

it("a certificate authority that is none is refused", () => {
  const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
  expect(pointersOf({ certificateAuthorities: ["ca.pem", broken, 1] })).toEqual([
    "/certificateAuthorities/0",
    "/certificateAuthorities/1",
    "/certificateAuthorities/2",
  ]);
});
