import {
  counterExpiresAtMs,
  counterKey,
  decideRateLimit,
  type LimitCounter,
  type RateLimit,
} from "@tenon/core/rate-limit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createSchema } from "./shared-pglite.js";

const limits = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("burst", "minute", "day"),
    limit: fc.integer({ min: 1, max: 9 }),
    windowSeconds: fc.constantFrom(1, 7, 60, 86_400),
    algorithm: fc.constantFrom<RateLimit["algorithm"][]>("sliding-window", "fixed-window", "gcra"),
  }),
  { minLength: 1, maxLength: 3, selector: ({ name }) => name },
);
const histories = fc.record({
  limits,
  calls: fc.array(
    fc.record({
      // Mostly forward, sometimes back: clocks of two processes differ.
      stepMs: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: -2_500, max: 90_000 })),
      cost: fc.integer({ min: 0, max: 4 }),
      subset: fc.boolean(),
    }),
    { minLength: 1, maxLength: 25 },
  ),
});

test("the database decides every call of a random history as core's pure functions do", async () => {
  const { pglite, schema, drop } = await createSchema();
  const { rateLimits } = postgresStorage({ pglite, schema });
  let subjects = 0;
  await fc.assert(
    fc.asyncProperty(histories, async ({ limits: all, calls }) => {
      subjects += 1;
      const subject = `subject-${subjects}`;
      const stored = new Map<string, LimitCounter>();
      let nowMs = Date.parse("2026-03-01T11:59:58.123Z");
      for (const { stepMs, cost, subset } of calls) {
        nowMs += stepMs;
        const asked = subset ? all.slice(0, 1) : all;
        const charges = [{ subject, cost, limits: asked }];
        const outcome = await rateLimits.consume({ charges, now: new Date(nowMs) });
        const counters = asked.map((limit) => stored.get(counterKey(limit)));
        const expected = decideRateLimit({ limits: asked, counters, cost, nowMs });
        expect(outcome).toEqual({ ...expected, counters: [expected.counters], at: new Date(nowMs) });
        if (!expected.allowed || cost === 0) continue;
        for (const [index, limit] of asked.entries()) {
          const counter = expected.counters[index];
          if (counter !== undefined) stored.set(counterKey(limit), counter);
        }
        // What is over is forgotten at the next charge, in both.
        for (const limit of all) {
          const counter = stored.get(counterKey(limit));
          if (counter && counterExpiresAtMs(limit, counter) <= nowMs) stored.delete(counterKey(limit));
        }
      }
    }),
    { numRuns: 40 },
  );
  await drop();
});

test("a subject doesn't grow with limits whose windows are over", async () => {
  const { pglite, schema, drop } = await createSchema();
  const { rateLimits } = postgresStorage({ pglite, schema });
  const consume = (name: string, now: string) =>
    rateLimits.consume({
      charges: [
        {
          subject: "key:acme:1",
          cost: 1,
          limits: [{ name, limit: 5, windowSeconds: 1, algorithm: "gcra" }],
        },
      ],
      now: new Date(now),
    });
  await consume("first", "2026-03-01T12:00:00Z");
  await consume("second", "2026-03-01T12:00:10Z");
  const { rows } = await pglite.query(`SELECT jsonb_object_keys(windows) AS key FROM ${schema}.rate_limits`);
  expect(rows).toEqual([{ key: "second:1:gcra" }]);
  await drop();
});
