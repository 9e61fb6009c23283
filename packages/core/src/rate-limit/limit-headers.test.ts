import fc from "fast-check";
import { expect, test } from "vitest";
import type { LimitState } from "./describe-limit.js";
import { LIMIT_NAME_PATTERN } from "./limit.js";
import { formatLimitHeaders, type PartitionedLimitState, RATE_LIMIT_HEADERS } from "./limit-headers.js";

const now = new Date("2026-01-01T12:00:00.250Z");

function state(fields: Partial<LimitState> & { partition?: string }): PartitionedLimitState {
  return {
    name: "hour",
    limit: 1000,
    windowSeconds: 3600,
    remaining: 999,
    resetAt: new Date(now.getTime() + 120_000),
    retryAfterSeconds: 0,
    ...fields,
  };
}

test("every limit is listed under its name, as structured fields", () => {
  const limits = [
    state({}),
    state({ name: "day", partition: "tenant", limit: 10_000, windowSeconds: 86_400 }),
  ];
  const headers = formatLimitHeaders({ limits, now });
  expect(headers["RateLimit-Policy"]).toBe('"hour";q=1000;w=3600, "tenant-day";q=10000;w=86400');
  expect(headers.RateLimit).toBe('"hour";r=999;t=120, "tenant-day";r=999;t=120');
});

test("an accepted call shows the limit with the least remaining, and no Retry-After", () => {
  const headers = formatLimitHeaders({
    limits: [state({}), state({ name: "day", limit: 50, remaining: 3 })],
    now,
  });
  expect(headers).toMatchObject({ "X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "3" });
  expect(headers).not.toHaveProperty("Retry-After");
});

test("a refused call shows the violated limit with the latest retry", () => {
  const resetAt = new Date(now.getTime() + 90_000);
  const limits = [
    state({ name: "minute", remaining: 0, retryAfterSeconds: 5 }),
    state({ name: "day", limit: 50, remaining: 2, retryAfterSeconds: 90, resetAt }),
    state({ name: "free", remaining: 0 }),
  ];
  expect(formatLimitHeaders({ limits, now })).toMatchObject({
    "X-RateLimit-Limit": "50",
    "X-RateLimit-Remaining": "2",
    "X-RateLimit-Reset": String(Math.ceil(resetAt.getTime() / 1000)),
    "Retry-After": "90",
  });
});

test("a call that can never be accepted is told no time to come back", () => {
  const limits = [
    state({ retryAfterSeconds: 7 }),
    state({ name: "day", limit: 3, retryAfterSeconds: undefined }),
  ];
  const headers = formatLimitHeaders({ limits, now });
  expect(headers).not.toHaveProperty("Retry-After");
  expect(headers["X-RateLimit-Limit"]).toBe("3");
});

test("the reset can be written as ISO 8601 without milliseconds, never before the instant itself", () => {
  const headers = formatLimitHeaders({ limits: [state({ resetAt: now })], now, resetFormat: "iso-8601" });
  expect(headers["X-RateLimit-Reset"]).toBe("2026-01-01T12:00:01Z");
});

test("browsers may read every header that is written", () => {
  const headers = formatLimitHeaders({ limits: [state({ retryAfterSeconds: 1 })], now });
  expect(Object.keys(headers).sort()).toEqual(
    [...RATE_LIMIT_HEADERS, "Access-Control-Expose-Headers"].sort(),
  );
  expect(headers["Access-Control-Expose-Headers"]?.split(", ")).toEqual(RATE_LIMIT_HEADERS);
});

test("a call without limits writes nothing", () => {
  expect(formatLimitHeaders({ limits: [], now })).toEqual({});
});

test("a limit's name never needs quoting in a header", () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      if (LIMIT_NAME_PATTERN.test(name)) expect(JSON.stringify(name)).toBe(`"${name}"`);
    }),
  );
  for (const name of ["", 'a"b', "a b", "ä", "a\n", "x".repeat(65)])
    expect(LIMIT_NAME_PATTERN.test(name)).toBe(false);
});
