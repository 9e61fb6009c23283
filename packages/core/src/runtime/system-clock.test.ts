import { afterEach, expect, test, vi } from "vitest";
import { systemClock } from "./system-clock.js";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("tells the machine's time", () => {
  vi.useFakeTimers({ now: new Date("2026-01-01T00:00:00Z") });
  expect(systemClock.now()).toEqual(new Date("2026-01-01T00:00:00Z"));
});

test("a wait ends after its time, also when it is longer than a timer can be", async () => {
  vi.useFakeTimers();
  for (const ms of [1, 60_000, 2 ** 31 - 1, 2 ** 31, 3 * 2 ** 31]) {
    let ended = false;
    const wait = systemClock.wait(ms).then(() => {
      ended = true;
    });
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await wait;
  }
});

test("an abort ends a wait at once, without rejecting and without leaving a timer", async () => {
  vi.useFakeTimers();
  const controller = new AbortController();
  const wait = systemClock.wait(60_000, controller.signal);
  controller.abort();
  await expect(wait).resolves.toBeUndefined();
  await expect(systemClock.wait(60_000, AbortSignal.abort())).resolves.toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});

test("no time at all is no wait", async () => {
  vi.useFakeTimers();
  await Promise.all([systemClock.wait(0), systemClock.wait(-5)]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a pending wait doesn't keep the process alive", async () => {
  const setTimer = vi.spyOn(globalThis, "setTimeout");
  const controller = new AbortController();
  const wait = systemClock.wait(60_000, controller.signal);
  const timer = setTimer.mock.results[0]?.value as NodeJS.Timeout;
  expect(timer.hasRef()).toBe(false);
  controller.abort();
  await wait;
});
