import fc from "fast-check";
import { expect, test } from "vitest";
import { nextDelayMs, type RetrySchedule } from "./retry-schedule.js";

const list: RetrySchedule = { kind: "list", delaysSeconds: [0, 5, 300] };
const exponential: RetrySchedule = {
  kind: "exponential",
  baseSeconds: 5,
  factor: 2,
  maxSeconds: 30,
  attempts: 6,
};

function delays(schedule: RetrySchedule): readonly (number | undefined)[] {
  return Array.from({ length: 8 }, (_, attemptNumber) => nextDelayMs(schedule, attemptNumber, 0.5));
}

test("a list says when each attempt is made, the first included, and ends", () => {
  expect(delays(list)).toEqual([0, 5000, 300_000, undefined, undefined, undefined, undefined, undefined]);
});

test("exponential starts at once, grows by its factor up to its ceiling, and counts the first attempt", () => {
  expect(delays(exponential)).toEqual([0, 5000, 10_000, 20_000, 30_000, 30_000, undefined, undefined]);
});

test("a large number of attempts never overflows", () => {
  expect(nextDelayMs({ ...exponential, attempts: 1_000_000 }, 100_000, 0)).toBe(30_000);
});

test("jitter shortens a delay by at most its share, and 0 leaves it as it is", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (jitter, randomShare) => {
        const delayMs = nextDelayMs({ ...list, jitter }, 2, randomShare) ?? Number.NaN;
        expect(delayMs).toBeLessThanOrEqual(300_000);
        expect(delayMs).toBeGreaterThanOrEqual(Math.floor(300_000 * (1 - jitter)));
      },
    ),
  );
  expect(nextDelayMs({ ...list, jitter: 0 }, 1, 0.9)).toBe(5000);
  expect(nextDelayMs({ ...list, jitter: 0.2 }, 1, 0.5)).toBe(4500);
});
