import { createManualClock } from "@tenon/contract-tests";
import { expect, test } from "vitest";
import { createWakeBurst } from "./wake-burst.js";

/** A burst on a clock that a test moves millisecond by millisecond; it writes down when it rang. */
function setUp() {
  const clock = createManualClock();
  const startMs = clock.now().getTime();
  const rings: number[] = [];
  const burst = createWakeBurst(clock, () => void rings.push(clock.now().getTime() - startMs));
  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed++) {
      await settle();
      clock.advance(1);
    }
    await settle();
  };
  return { clock, burst, rings, pass, settle };
}

test("one expected commit is looked for after 5, 20, 80 and 300 ms, and then no more", async () => {
  const { burst, rings, pass, clock } = setUp();
  burst.arm();
  await pass(1_000);
  expect(rings).toEqual([5, 20, 80, 300]);
  expect(clock.pendingWaits).toBe(0);
});

test("at 50 publishes a second each commit is looked for after 5 ms", async () => {
  const { burst, rings, pass } = setUp();
  for (let publish = 0; publish < 20; publish++) {
    burst.arm();
    await pass(20);
  }
  for (let publish = 0; publish < 20; publish++) expect(rings).toContain(publish * 20 + 5);
});

test("a thousand publishes a second ring at most once in 4 ms on average, and never with 20 ms between", async () => {
  const { burst, rings, pass } = setUp();
  for (let ms = 0; ms < 1_000; ms++) {
    burst.arm();
    await pass(1);
  }
  expect(rings.length).toBeLessThan(250);
  for (const [index, ring] of rings.entries()) expect(ring - (rings[index - 1] ?? 0)).toBeLessThanOrEqual(20);
});

test("a clock that is set back an hour keeps nobody waiting for that hour", async () => {
  const { burst, rings, pass, clock } = setUp();
  burst.arm();
  await pass(1);
  clock.advance(-3_600_000);
  burst.arm();
  await pass(400);
  expect(rings.length).toBeGreaterThanOrEqual(4);
  expect(clock.pendingWaits).toBe(0);
});

test("once stopped it rings no more", async () => {
  const { burst, rings, pass } = setUp();
  burst.arm();
  await pass(10);
  burst.stop();
  await pass(500);
  expect(rings).toEqual([5]);
});
