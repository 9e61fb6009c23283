import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HttpFailure, HttpResult } from "../ports/http.js";
import { classifyResponse, parseRetryAfterMs } from "./classify-response.js";

const now = new Date("1994-11-06T08:49:00Z");
const DAY_MS = 86_400_000;

function reply(status: number, headers: Readonly<Record<string, string>> = {}): HttpResult {
  return { ok: true, status, headers, body: new Uint8Array(0), truncated: false };
}

describe("a response", () => {
  test("succeeds with any 2xx, and with nothing else", () => {
    for (let status = 100; status < 1000; status++) {
      expect(classifyResponse(reply(status), now).succeeded).toBe(status >= 200 && status < 300);
    }
  });

  test("that failed has a reason by its status; 410 is told apart", () => {
    const reasons = {
      101: "unexpected_status",
      301: "redirect",
      304: "redirect",
      400: "client_error",
      410: "gone",
    };
    for (const [status, failureReason] of Object.entries({
      ...reasons,
      499: "client_error",
      500: "server_error",
      600: "unexpected_status",
    })) {
      expect(classifyResponse(reply(Number(status)), now)).toEqual({ succeeded: false, failureReason });
    }
  });

  test("that never came fails with the transport's reason", () => {
    const failures: readonly HttpFailure[] = [
      "blocked",
      "dns",
      "connect",
      "tls",
      "timeout",
      "aborted",
      "protocol",
    ];
    for (const failure of failures) {
      expect(classifyResponse({ ok: false, failure, message: "" }, now)).toEqual({
        succeeded: false,
        failureReason: failure,
      });
    }
  });

  test("says that its receiver is overloaded with 429 and 503 alone", () => {
    for (const status of [429, 503])
      expect(classifyResponse(reply(status), now)).toMatchObject({ isOverloaded: true });
    for (const status of [400, 408, 500, 502, 504])
      expect(classifyResponse(reply(status), now)).not.toHaveProperty("isOverloaded");
  });

  test("asks for a pause by Retry-After of a 429 or a 503 alone", () => {
    const headers = { "retry-after": "7" };
    expect(classifyResponse(reply(429, headers), now)).toMatchObject({ retryAfterMs: 7000 });
    expect(classifyResponse(reply(503, headers), now)).toMatchObject({ retryAfterMs: 7000 });
    expect(classifyResponse(reply(500, headers), now)).not.toHaveProperty("retryAfterMs");
    expect(classifyResponse(reply(429, { "retry-after": "soon" }), now)).not.toHaveProperty("retryAfterMs");
  });
});

describe("Retry-After", () => {
  test("is seconds, or an HTTP date in any of its three forms", () => {
    for (const value of [
      "37",
      " 37 ",
      "Sun, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-94 08:49:37 GMT",
      "Sun Nov  6 08:49:37 1994",
    ]) {
      expect([value, parseRetryAfterMs(value, now)]).toEqual([value, 37_000]);
    }
  });

  test("in the past is no wait, and far ahead is a day", () => {
    expect(parseRetryAfterMs("Sun, 06 Nov 1994 08:00:00 GMT", now)).toBe(0);
    expect(parseRetryAfterMs("9999999999", now)).toBe(DAY_MS);
    expect(parseRetryAfterMs("Sun, 06 Nov 2094 08:00:00 GMT", now)).toBe(DAY_MS);
  });

  test("that is something else is not there", () => {
    for (const value of [
      undefined,
      "",
      "-1",
      "1.5",
      "1e3",
      "0x10",
      "99999999999",
      "tomorrow",
      "2026-01-01",
      "Foo, bar GMT",
    ]) {
      expect(parseRetryAfterMs(value, now)).toBeUndefined();
    }
  });

  test("is bounded whatever the receiver wrote", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat().map(String), fc.date().map(String)), (value) => {
        const delayMs = parseRetryAfterMs(value, now);
        if (delayMs !== undefined) expect(delayMs >= 0 && delayMs <= DAY_MS).toBe(true);
      }),
    );
  });
});
