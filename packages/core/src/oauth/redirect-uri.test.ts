import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkRedirectUri, matchRedirectUri } from "./redirect-uri.js";

function reasonOf(uri: string): string {
  const verdict = checkRedirectUri(uri);
  return verdict.ok ? "ok" : verdict.reason;
}

describe("registration", () => {
  test("takes https, http on loopback, and reverse-domain schemes", () => {
    for (const uri of [
      "https://example.com/callback",
      "https://example.com",
      "https://example.com:8443/cb?tenant=a%20b",
      "https://oauth.pstmn.io/v1/callback",
      "http://127.0.0.1/callback",
      "http://127.0.0.1:49152/callback",
      "http://[::1]:49152/callback",
      "http://localhost:3000/callback",
      "com.example.app:/oauth/callback",
      "com.example.app:oauth",
    ]) {
      expect([uri, reasonOf(uri)]).toEqual([uri, "ok"]);
    }
  });

  test("refuses the rest, and says why", () => {
    const refused: Readonly<Record<string, readonly string[]>> = {
      insecure: [
        "http://example.com/cb",
        "http://127.0.0.2/cb",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
      ],
      fragment: ["https://example.com/cb#", "https://example.com/cb#x", "com.example.app:/cb#x"],
      credentials: [
        "https://user@example.com/",
        "https://example.com@evil.example/",
        "https://:@example.com/",
      ],
      unsupported_scheme: [
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp://callback",
        "ftp://example.com/",
        "urn:ietf:wg:oauth:2.0:oob",
        "file:///etc/passwd",
        "com.example.app://evil.example/",
      ],
      malformed: [
        "",
        "/callback",
        "example.com/cb",
        "https:example.com",
        "https:/example.com",
        "https:///example.com",
        "https://",
        "https://example.com\\@evil.example/",
        "https://exa mple.com/",
        " https://example.com/",
        "https://example.com/\n",
        "https://example.com/%zz",
        "https://exämple.com/",
        "https://EXAMPLE.com/",
        "HTTPS://example.com/",
        "http://2130706433/",
        "http://0x7f.1/",
      ],
      too_long: [`https://example.com/${"a".repeat(2048)}`],
    };
    for (const [reason, uris] of Object.entries(refused)) {
      for (const uri of uris) expect([uri, reasonOf(uri)]).toEqual([uri, reason]);
    }
  });

  test("no text makes it throw", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.webUrl(),
          fc.string().map((tail) => `http://127.0.0.1${tail}`),
        ),
        (uri) => {
          expect(typeof checkRedirectUri(uri).ok).toBe("boolean");
        },
      ),
    );
  });
});

describe("matching", () => {
  const registered = [
    "https://example.com/cb",
    "http://127.0.0.1/cb?a=1",
    "http://[::1]:1234/cb",
    "http://localhost:3000/cb",
  ];
  const match = (requested: string) => matchRedirectUri({ registered, requested });

  test("is character by character", () => {
    expect(match("https://example.com/cb")).toBe("https://example.com/cb");
    for (const requested of [
      "https://example.com/cb/",
      "https://example.com/cb?x=1",
      "https://example.com/cb?",
      "https://example.com/CB",
      "https://example.com:443/cb",
      "https://example.com/x/../cb",
      "https://example.com/c%62",
      "https://example.com",
      "https://www.example.com/cb",
      "https://example.com/cb#",
      "http://example.com/cb",
    ]) {
      expect(match(requested)).toBeUndefined();
    }
  });

  test("lets the port differ on a loopback IP literal, and nothing else", () => {
    expect(match("http://127.0.0.1:51234/cb?a=1")).toBe("http://127.0.0.1/cb?a=1");
    expect(match("http://[::1]/cb")).toBe("http://[::1]:1234/cb");
    for (const requested of [
      "http://127.0.0.1:51234/cb",
      "http://127.0.0.1:51234/cb?a=2",
      "http://127.0.0.1:51234@evil.example/cb?a=1",
      "http://127.0.0.1:99999/cb?a=1",
      "http://127.0.0.1:5x/cb?a=1",
      "http://127.0.0.1.evil.example/cb?a=1",
      "http://localhost:3001/cb",
      "http://[::1]:1/cb?a=1",
    ]) {
      expect(match(requested)).toBeUndefined();
    }
  });

  test("never accepts a text that isn't registered, whatever its port", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 65_535 }),
        fc.string({ unit: fc.constantFrom(..."/cb?a=1@:#.\\%2f") }),
        (port, tail) => {
          const requested = `http://127.0.0.1:${port}${tail}`;
          if (match(requested) !== undefined) expect(tail).toBe("/cb?a=1");
          expect(match(`https://example.com${tail}`)).toBe(
            tail === "/cb" ? "https://example.com/cb" : undefined,
          );
        },
      ),
    );
  });
});
