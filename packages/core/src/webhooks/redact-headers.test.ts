import { describe, expect, test } from "vitest";
import { redactHeaders } from "./redact-headers.js";

describe("of a response's headers", () => {
  test("those are kept that explain the answer, and none that could carry a credential", () => {
    const kept = { "content-type": "text/html", "retry-after": "7", server: "nginx", "x-request-id": "r1" };
    expect(
      redactHeaders({
        ...kept,
        "set-cookie": "session=1",
        authorization: "Bearer 1",
        "www-authenticate": 'Digest nonce="1"',
        "x-api-key": "1",
      }),
    ).toEqual(kept);
  });

  test("a value is cut after 512 characters", () => {
    expect(redactHeaders({ server: "x".repeat(600) })).toEqual({ server: "x".repeat(512) });
  });

  test.each([
    ["https://login.example/in?token=1&next=/hooks", "https://login.example/in"],
    ["/in?token=1", "/in"],
    ["/in#token=1", "/in"],
    ["https://user:password@login.example/in", "https://login.example/in"],
    ["//user@login.example/in", "//login.example/in"],
    ["https://login.example/people/@me", "https://login.example/people/@me"],
  ])("of the place that a redirect names, %s, its credentials and query are left out", (location, kept) => {
    expect(redactHeaders({ location })).toEqual({ location: kept });
  });
});
