import { expect, test } from "vitest";
import type { RateLimit } from "../limit.js";
import { createLeaseTable, type HeldLease } from "./lease-table.js";

const minute: RateLimit = {
  name: "minute",
  limit: 100,
  windowSeconds: 60,
  algorithm: "fixed-window",
  precision: "leased",
};

test("no lease is dropped for another; room is made by those whose window is over", () => {
  const leases = createLeaseTable(2);
  leases.add(lease("a", 0));
  leases.add(lease("b", 0));
  expect([leases.hasRoom("c", minute, 59_999), leases.hasRoom("a", minute, 59_999)]).toEqual([false, true]);
  expect(leases.findLive("a", minute, 59_999)).toMatchObject({ left: 2 });
  expect(leases.hasRoom("c", minute, 60_000)).toBe(true);
});

test("a lease is of one subject, one limit and one number", () => {
  const leases = createLeaseTable(2);
  leases.add(lease("a", 0));
  expect(leases.findLive("b", minute, 0)).toBeUndefined();
  expect(leases.findLive("a", { ...minute, name: "other" }, 0)).toBeUndefined();
  expect(leases.findLive("a", { ...minute, limit: 50 }, 0)).toBeUndefined();
});

test("units of the same window add up, those of the window before are lost", () => {
  const leases = createLeaseTable(2);
  const first = leases.add(lease("a", 0));
  expect(leases.add(lease("a", 30_000))).toBe(first);
  expect(first.left).toBe(4);
  expect(leases.add(lease("a", 60_000)).left).toBe(2);
});

test("it is over when the store's window is, however the process's clock stands", () => {
  for (const skewMs of [-7_200_000, -1, 0, 1, 7_200_000]) {
    const leases = createLeaseTable(2);
    leases.add(lease("a", 20_000, skewMs));
    expect(leases.findLive("a", minute, 59_999 + skewMs)).toBeDefined();
    expect(leases.findLive("a", minute, 60_000 + skewMs)).toBeUndefined();
  }
});

test("a clock that steps back ends it", () => {
  const leases = createLeaseTable(2);
  leases.add(lease("a", 20_000));
  expect(leases.findLive("a", minute, 50_000)).toBeDefined();
  expect(leases.findLive("a", minute, 49_999)).toBeUndefined();
});

/** Two units, taken at an instant of the store's, by a process whose clock is ahead of it. */
function lease(subject: string, atMs: number, skewMs = 0): HeldLease {
  const startMs = Math.floor(atMs / 60_000) * 60_000;
  const counter = { kind: "window" as const, startMs, current: 2, previous: 0 };
  const askedAtMs = atMs + skewMs;
  return {
    subject,
    limit: minute,
    window: { counter, atMs, askedAtMs },
    left: 2,
    seenAtMs: askedAtMs,
  };
}
