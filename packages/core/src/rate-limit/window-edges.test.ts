import { expect, test } from "vitest";
import { describeLimit } from "./describe-limit.js";
import type { RateLimit } from "./limit.js";
import { formatLimitHeaders } from "./limit-headers.js";

const HOUR: RateLimit = { name: "hour", limit: 10, windowSeconds: 3600, algorithm: "fixed-window" };
const DAY: RateLimit = { name: "day", limit: 100, windowSeconds: 86_400, algorithm: "fixed-window" };
const now = new Date("2024-01-13T12:34:56.789Z");

test("an hour's fixed window begins on the clock hour, a day's at midnight UTC", () => {
  expect(stateOf(HOUR, 3).resetAt).toEqual(new Date("2024-01-13T13:00:00.000Z"));
  expect(stateOf(DAY, 3).resetAt).toEqual(new Date("2024-01-14T00:00:00.000Z"));
});

test("X-RateLimit-Reset is on the exact hour, without milliseconds", () => {
  const limits = [stateOf(HOUR, 5), stateOf(DAY, 5)];
  expect(formatLimitHeaders({ limits, now, resetFormat: "iso-8601" })).toMatchObject({
    "X-RateLimit-Remaining": "5",
    "X-RateLimit-Reset": "2024-01-13T13:00:00Z",
  });
});

test("of several windows the headers show the one with the least remaining, and its end", () => {
  const limits = [stateOf(HOUR, 5), stateOf(DAY, 98)];
  expect(formatLimitHeaders({ limits, now, resetFormat: "iso-8601" })).toMatchObject({
    "X-RateLimit-Limit": "100",
    "X-RateLimit-Remaining": "2",
    "X-RateLimit-Reset": "2024-01-14T00:00:00Z",
  });
});

test("a full window refuses until its edge: Reset is the exact hour there too", () => {
  const limits = [stateOf(HOUR, 10, 1), stateOf(DAY, 50, 1)];
  expect(formatLimitHeaders({ limits, now, resetFormat: "iso-8601" })).toMatchObject({
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": "2024-01-13T13:00:00Z",
  });
});

/** The state of a limit with so many units taken in the window of now. */
function stateOf(limit: RateLimit, current: number, cost = 0) {
  const windowMs = limit.windowSeconds * 1000;
  const startMs = Math.floor(now.getTime() / windowMs) * windowMs;
  const counter = { kind: "window" as const, startMs, current, previous: 0 };
  return describeLimit({ limit, counter, cost, nowMs: now.getTime() });
}
