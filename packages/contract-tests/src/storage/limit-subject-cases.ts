import assert from "node:assert/strict";
import type { RateLimitAlgorithm } from "@tenon/core/rate-limit";
import { race } from "../arrival-gate.js";
import { consume, left, newCharge, type RateLimits, remaining } from "./setup/charges.js";
import { after } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

const ALGORITHMS: readonly RateLimitAlgorithm[] = ["sliding-window", "gcra", "fixed-window"];

export const limitSubjectCases = about<RateLimits>("rate limits of several subjects", {
  async "one call charges every subject, and answers for each in the order asked"(storage) {
    const [key, tenant] = [newCharge("key", { limit: 5 }), newCharge("tenant", { limit: 9 }, 2)];
    const outcome = await consume(storage, [key, tenant]);
    assert.deepEqual([outcome.allowed, outcome.at], [true, after(0)]);
    assert.deepEqual(remaining([key, tenant], outcome), [4, 7]);
    assert.deepEqual(await left(storage, [tenant, key]), [7, 4]);
  },

  async "when one subject's limit would be exceeded, no other is charged, in whatever order they come"(
    storage,
  ) {
    for (const algorithm of ALGORITHMS) {
      const full = newCharge(`full-${algorithm}`, { limit: 1, algorithm });
      const [first, last] = [newCharge("a", { limit: 10 }), newCharge("z", { limit: 10 })];
      await consume(storage, [full]);
      for (const charges of [
        [first, full, last],
        [full, last, first],
        [last, first, full],
      ]) {
        const outcome = await consume(storage, charges);
        assert.equal(outcome.allowed, false, algorithm);
        const expected = charges.map(({ subject }) => (subject === full.subject ? 0 : 10));
        assert.deepEqual(remaining(charges, outcome), expected, algorithm);
      }
      assert.deepEqual(await left(storage, [first, last]), [10, 10], algorithm);
    }
  },

  async "a refusal leaves nothing of subjects that were never seen"(storage) {
    const refused = await consume(storage, [newCharge("a"), newCharge("b", { limit: 1 }, 2), newCharge("c")]);
    assert.equal(refused.allowed, false);
    assert.equal(await storage.rateLimits.prune({ limit: 10, now: after(10 * 86_400) }), 0);
  },

  async "a charge of cost 0 beside others is read, takes nothing and refuses nothing"(storage) {
    const full = newCharge("full", { limit: 1 });
    await consume(storage, [full]);
    const charges = [
      newCharge("a", { limit: 3 }),
      { ...full, cost: 0 },
      newCharge("unseen", { limit: 4 }, 0),
    ];
    const outcome = await consume(storage, charges);
    assert.deepEqual([outcome.allowed, remaining(charges, outcome)], [true, [2, 0, 4]]);
    assert.equal(await storage.rateLimits.prune({ limit: 10, now: after(10 * 86_400) }), 2);
  },

  async "16 clients at once on overlapping subjects in opposite orders: none blocks, counts are exact"(
    storage,
  ) {
    const shared = newCharge("m-shared", { limit: 100 });
    const subjects = ["a", "b", "y", "z"].map((subject) => newCharge(subject, { limit: 1000 }));
    const accepted = await race(16, async (client) => {
      const own = [shared, ...subjects.slice(client % 3, (client % 3) + 2)];
      const charges = client % 2 === 0 ? own : [...own].reverse();
      const answers: boolean[] = [];
      for (let call = 0; call < 10; call++) answers.push((await consume(storage, charges)).allowed);
      return { client, count: answers.filter(Boolean).length };
    });
    assert.equal(sum(accepted.map(({ count }) => count)), 100);
    const taken = subjects.map((_, index) =>
      sum(accepted.map(({ client, count }) => ([0, 1].includes(index - (client % 3)) ? count : 0))),
    );
    assert.deepEqual(
      await left(storage, subjects),
      taken.map((count) => 1000 - count),
    );
  },

  async "clients at once on one subject and on several: the shared one counts both"(storage) {
    const tenant = newCharge("tenant", { limit: 50 });
    const answers = await race(10, async (client) => {
      const charges = client % 2 === 0 ? [tenant] : [newCharge(`key-${client}`, { limit: 1000 }), tenant];
      const calls = Array.from({ length: 8 }, () => consume(storage, charges));
      return (await Promise.all(calls)).filter(({ allowed }) => allowed).length;
    });
    assert.equal(sum(answers), 50);
  },

  async "calls of one client at once are decided each by its own subjects"(storage) {
    const tenant = newCharge("tenant", { limit: 1000 });
    const calls = Array.from({ length: 60 }, (_, index) => [
      newCharge(`key-${index % 20}`, { limit: 2 }),
      tenant,
    ]);
    const outcomes = await Promise.all(calls.map((charges) => consume(storage, charges)));
    assert.equal(outcomes.filter(({ allowed }) => allowed).length, 40);
    assert.deepEqual(await left(storage, [tenant]), [960]);
  },
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
