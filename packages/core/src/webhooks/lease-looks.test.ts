import { expect, test } from "vitest";
import { createLeaseLooks } from "./lease-looks.js";

function at(startMs: number) {
  let nowMs = startMs;
  const looks = createLeaseLooks({ now: () => new Date(nowMs), wait: () => Promise.resolve() });
  return (laterMs: number, leftSome = false) => {
    nowMs += laterMs;
    const look = looks.begin();
    look.end({ leftSome });
    return look.bound.leasesEndedWithinMs;
  };
}

test("the first look is at all leases, those after it at what ended since the one before, and one in ten seconds at all again", () => {
  const look = at(1_000_000);
  expect(look(0)).toBeUndefined();
  expect(look(500)).toBe(1_500);
  expect(look(9_499)).toBe(10_499);
  expect(look(1)).toBeUndefined();
  expect(look(500)).toBe(1_500);
});

test("a look that may have left some is followed by one at all", () => {
  const look = at(1_000_000);
  look(0);
  expect(look(500, true)).toBe(1_500);
  expect(look(500)).toBeUndefined();
  expect(look(500)).toBe(1_500);
});

test("after a look that failed, the next goes back to the one before it", () => {
  let nowMs = 1_000_000;
  const looks = createLeaseLooks({ now: () => new Date(nowMs), wait: () => Promise.resolve() });
  looks.begin().end({ leftSome: false });
  nowMs += 500;
  looks.begin();
  nowMs += 500;
  expect(looks.begin().bound.leasesEndedWithinMs).toBe(2_000);
});

test("a clock that was set back leads to a look at all", () => {
  const look = at(10_000_000);
  look(0);
  expect(look(500)).toBe(1_500);
  expect(look(-3_600_000)).toBeUndefined();
});
