import assert from "node:assert/strict";
import type { ConsumeOutcome } from "@tenon/core/ports";
import {
  counterKey,
  decideCharges,
  describeLimit,
  type LimitCharge,
  type LimitCounter,
} from "@tenon/core/rate-limit";
import { consume, type RateLimits } from "./setup/charges.js";
import { after, newLimit } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

const LIMITS = [
  newLimit({ name: "sliding", windowSeconds: 60, limit: 20 }),
  newLimit({ name: "aligned", windowSeconds: 60, limit: 18, algorithm: "fixed-window" }),
  newLimit({ name: "burst", windowSeconds: 10, limit: 6, algorithm: "gcra" }),
];

export const limitStateCases = about<RateLimits>("rate limit states", {
  async "asked for them, a store decides as core's pure rules do, and what it tells is what they describe"(
    storage,
  ) {
    const known = new Map<string, LimitCounter>();
    for (const { charges, now } of script(200)) {
      const outcome = await storage.rateLimits.consume({ charges, now, describe: true });
      const expected = decideCharges({
        charges: charges.map(({ subject, limits, cost }) => ({
          limits,
          cost,
          counters: limits.map((limit) => known.get(`${subject} ${counterKey(limit)}`)),
        })),
        nowMs: now.getTime(),
      });
      assert.equal(outcome.allowed, expected.allowed, now.toISOString());
      assert.deepEqual(statesOf(charges, outcome), describe(charges, { ...expected, at: now }));
      for (const [index, { subject, limits, cost }] of charges.entries()) {
        for (const [each, limit] of limits.entries()) {
          const counter = expected.counters[index]?.[each];
          if (expected.allowed && cost > 0 && counter !== undefined)
            known.set(`${subject} ${counterKey(limit)}`, counter);
        }
      }
    }
  },

  async "states are what is described of the counters that are read afterwards"(storage) {
    for (const { charges, now } of script(100)) {
      const outcome = await storage.rateLimits.consume({ charges, now, describe: true });
      const peeks = charges.map((charge) => ({ ...charge, cost: 0 }));
      const { counters } = await consume(storage, peeks, now);
      assert.deepEqual(statesOf(charges, outcome), describe(charges, { ...outcome, counters }));
    }
  },
});

/** The states that were told, or what the counters that were told instead come to. */
function statesOf(charges: readonly LimitCharge[], outcome: ConsumeOutcome) {
  if (outcome.states === undefined) return describe(charges, outcome);
  assert.deepEqual(outcome.counters, [], "there are counters or states");
  return outcome.states.flat();
}

function describe(
  charges: readonly LimitCharge[],
  { allowed, at, counters }: Pick<ConsumeOutcome, "allowed" | "at" | "counters">,
) {
  return charges.flatMap(({ limits, cost }, index) =>
    limits.map((limit, each) =>
      describeLimit({
        limit,
        counter: counters[index]?.[each],
        cost: allowed ? 0 : cost,
        nowMs: at.getTime(),
      }),
    ),
  );
}

/** Calls on one subject or two, of varied cost and limits, with a clock that also steps back; the same in every run. */
function* script(calls: number) {
  let seed = 20_260_302;
  const draw = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let nowMs = after(0).getTime();
  for (let call = 0; call < calls; call++) {
    nowMs += draw(6) === 0 ? draw(90_000) - 30_000 : draw(900);
    // Mostly all limits at once, as calls come: stores know the way then.
    const limits = draw(4) > 0 ? LIMITS : LIMITS.slice(draw(3));
    const subjects = draw(3) > 0 ? ["key:acme:1"] : ["tenant:acme", "key:acme:1"];
    const charges = subjects.map((subject): LimitCharge => ({ subject, limits, cost: draw(4) }));
    yield { charges, now: new Date(nowMs) };
  }
}
