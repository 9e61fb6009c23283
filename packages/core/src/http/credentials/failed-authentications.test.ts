import { createManualClock } from "@tenon/contract-tests";
import { describe, expect, test } from "vitest";
import { createFailedAuthentications, type JudgedKey } from "./failed-authentications.js";

function createCounter(options: { readonly maxAddresses?: number; readonly maxKeys?: number } = {}) {
  const clock = createManualClock();
  const failures = createFailedAuthentications({
    limit: 2,
    windowSeconds: 60,
    maxAddresses: 100,
    maxKeys: 100,
    clock,
    hash: (key) => `hash of ${key}`,
    ...options,
  });
  const waits = (address: string | undefined, key = "unseen") => failures.waitSeconds(address, key) > 0;
  return { clock, failures, waits };
}

function judged(key: string): JudgedKey {
  return { hash: `hash of ${key}`, isRememberedGood: false };
}

describe("failed authentications", () => {
  test("the failure that uses up the share is told, and none before or after it", () => {
    const { failures } = createCounter();
    const told = Array.from({ length: 4 }, () => failures.recordFailure("192.0.2.1", undefined));
    expect(told).toEqual([false, true, false, false]);
  });

  test("waiting as long as told is enough, and a second less is not", () => {
    const { clock, failures, waits } = createCounter();
    failures.recordFailure("192.0.2.1", undefined);
    failures.recordFailure("192.0.2.1", undefined);
    const seconds = failures.waitSeconds("192.0.2.1", "unseen");
    clock.advance((seconds - 1) * 1000);
    expect(waits("192.0.2.1")).toBe(true);
    clock.advance(1000);
    expect(waits("192.0.2.1")).toBe(false);
  });

  test("an address that is unknown, or none at all, is counted nowhere", () => {
    const { failures, waits } = createCounter();
    for (const address of [undefined, "", "unix:", "not an address"]) {
      for (let count = 0; count < 5; count += 1) failures.recordFailure(address, undefined);
      expect(waits(address)).toBe(false);
    }
  });

  test("it remembers as many addresses as it may: the one that failed longest ago is forgotten", () => {
    const { failures, waits } = createCounter({ maxAddresses: 2 });
    for (const address of ["192.0.2.1", "192.0.2.2", "192.0.2.3"]) {
      failures.recordFailure(address, undefined);
      failures.recordFailure(address, undefined);
    }
    expect(["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((address) => waits(address))).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("good keys pass by their hashes, as many as it may remember, until they fail themselves", () => {
    const { failures, waits } = createCounter({ maxKeys: 2 });
    failures.recordFailure("192.0.2.1", undefined);
    failures.recordFailure("192.0.2.1", undefined);
    const [first, second, third] = [judged("first"), judged("second"), judged("third")];
    for (const key of [first, second, third]) failures.recordSuccess(key);
    expect(["first", "second", "third"].map((key) => waits("192.0.2.1", key))).toEqual([true, false, false]);
    failures.recordFailure("192.0.2.9", second);
    expect(waits("192.0.2.1", "second")).toBe(true);
    for (const key of [third, first, second]) failures.recordSuccess(key);
    expect(["first", "second", "third"].map((key) => waits("192.0.2.1", key))).toEqual([false, false, true]);
  });
});
