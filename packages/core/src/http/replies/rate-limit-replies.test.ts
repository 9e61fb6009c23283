import { expect, test } from "vitest";
import { rateLimitedReply } from "./rate-limit-replies.js";
import { createRefuse } from "./refusal.js";

const now = new Date("2026-11-29T12:00:00Z");

test("a refusal tells when to come back, also where units came back before its limits were read", () => {
  const open = { name: "hour", limit: 10, windowSeconds: 3600, remaining: 3, retryAfterSeconds: 0 };
  const limits = [{ ...open, resetAt: new Date("2026-11-29T13:00:00Z") }];
  const refuse = createRefuse(({ retryAfterSeconds }) => ({ body: { retryAfterSeconds } }));
  const style = { refuse, resetFormat: "epoch-seconds", credentials: [] } as const;
  const reply = rateLimitedReply({ limits, retryAfterSeconds: 1 }, now, style);
  expect(reply.headers["Retry-After"]).toBe("1");
  expect(reply.body).toBe('{"retryAfterSeconds":1}');
});
