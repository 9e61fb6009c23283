import assert from "node:assert/strict";
import type { ConsumeOutcome, Stores } from "@tenon/core/ports";
import { describeLimit, type LimitCharge, type RateLimit } from "@tenon/core/rate-limit";
import { after, newLimit } from "./fixtures.js";

/** As much of a storage as limits need. */
export type RateLimits = Pick<Stores, "rateLimits">;

/** A charge on one limit. */
export function newCharge(subject: string, limit: Partial<RateLimit> = {}, cost = 1): LimitCharge {
  return { subject, cost, limits: [newLimit(limit)] };
}

export async function consume(
  storage: RateLimits,
  charges: readonly LimitCharge[],
  now = after(0),
): Promise<ConsumeOutcome> {
  return storage.rateLimits.consume({ charges, now });
}

/** What is left of every limit, read without taking anything. */
export async function left(storage: RateLimits, charges: readonly LimitCharge[]): Promise<readonly number[]> {
  const peeks = charges.map((peeked) => ({ ...peeked, cost: 0 }));
  return remaining(charges, await consume(storage, peeks));
}

/** What remains of every limit of every charge, in one list. */
export function remaining(
  charges: readonly LimitCharge[],
  { counters, at }: ConsumeOutcome,
): readonly number[] {
  assert.equal(counters.length, charges.length, "there is one list of counters per charge");
  return charges.flatMap(({ limits }, chargeIndex) =>
    limits.map((limit, index) => {
      const counter = counters[chargeIndex]?.[index];
      return describeLimit({ limit, counter, cost: 0, nowMs: at.getTime() }).remaining;
    }),
  );
}
