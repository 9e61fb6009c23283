import assert from "node:assert/strict";
import {
  counterKey,
  decideRateLimit,
  describeLimit,
  type LimitCharge,
  type LimitCounter,
  type RateLimit,
  type RateLimitAlgorithm,
} from "@tenon/core/rate-limit";
import { race } from "../arrival-gate.js";
import type { RateLimits } from "./setup/charges.js";
import { after, newLimit } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

const SUBJECT = "key:acme:1";
const ALGORITHMS: readonly RateLimitAlgorithm[] = ["sliding-window", "gcra", "fixed-window"];

export const rateLimitCases = about<RateLimits>("rate limits", {
  async "a limit accepts exactly as many as it says, whatever its algorithm"(storage) {
    for (const algorithm of ALGORITHMS) {
      const limits = [newLimit({ name: algorithm, limit: 3, algorithm })];
      const answers = [];
      for (let call = 0; call < 5; call++) answers.push((await consume(storage, { limits })).allowed);
      assert.deepEqual(answers, [true, true, true, false, false], algorithm);
    }
  },

  async "an outcome tells its instant and one counter per limit, in the order asked"(storage) {
    const limits = [newLimit({ name: "day", windowSeconds: 86_400, limit: 9 }), newLimit({ limit: 5 })];
    const outcome = await consume(storage, { limits, cost: 2, now: after(1) });
    assert.deepEqual(outcome.at, after(1));
    assert.deepEqual(remaining(limits, outcome), [7, 3]);
    const [reversed = newLimit(), ...rest] = [...limits].reverse();
    const swapped = await consume(storage, { limits: [reversed, ...rest], cost: 0, now: after(1) });
    assert.deepEqual(remaining([reversed, ...rest], swapped), [3, 7]);
  },

  async "without an instant given, the storage's clock decides and says when"(storage) {
    const limits = [newLimit({ limit: 1 })];
    const charges = [{ subject: SUBJECT, cost: 1, limits }];
    const first = await storage.rateLimits.consume({ charges });
    const second = await storage.rateLimits.consume({ charges });
    assert.deepEqual([first.allowed, second.allowed], [true, false]);
    assert.ok(second.at.getTime() >= first.at.getTime());
  },

  async "when one limit would be exceeded, none is charged"(storage) {
    const [narrow, wide] = [newLimit({ name: "narrow", limit: 1 }), newLimit({ name: "wide", limit: 10 })];
    await consume(storage, { limits: [narrow] });
    for (const limits of [[wide, narrow] as const, [narrow, wide] as const]) {
      assert.equal((await consume(storage, { limits })).allowed, false);
    }
    assert.deepEqual(remaining([wide], await consume(storage, { limits: [wide], cost: 0 })), [10]);
  },

  async "a refusal writes nothing: the next call that fits is accepted as if it had never been"(storage) {
    for (const algorithm of ALGORITHMS) {
      const limits = [newLimit({ name: algorithm, limit: 10, algorithm })];
      await consume(storage, { limits, cost: 8 });
      for (let call = 0; call < 20; call++) {
        assert.equal((await consume(storage, { limits, cost: 3 })).allowed, false, algorithm);
      }
      assert.equal((await consume(storage, { limits, cost: 2 })).allowed, true, algorithm);
    }
  },

  async "a refused subject that was never seen leaves nothing to prune"(storage) {
    const refused = await consume(storage, { limits: [newLimit({ limit: 2 })], cost: 3 });
    assert.equal(refused.allowed, false);
    assert.equal(await storage.rateLimits.prune({ limit: 10, now: after(10 * 86_400) }), 0);
  },

  async "a cost of 0 reads what is left and writes nothing"(storage) {
    const limits = [newLimit({ limit: 2 })];
    for (let call = 0; call < 5; call++) {
      const peek = await consume(storage, { limits, cost: 0 });
      assert.equal(peek.allowed, true);
      assert.deepEqual(remaining(limits, peek), [2]);
    }
    assert.equal(await storage.rateLimits.prune({ limit: 10, now: after(10 * 86_400) }), 0);
    await consume(storage, { limits, cost: 2 });
    assert.deepEqual(remaining(limits, await consume(storage, { limits, cost: 0 })), [0]);
  },

  async "16 clients at once on one subject with a limit of 500 an hour: exactly 500 are accepted"(storage) {
    const limits = [newLimit({ limit: 500 })];
    assert.equal(await countAccepted(storage, { clients: 16, callsEach: 40, limits }), 500);
  },

  async "clients at once on limits of every algorithm: the narrowest one's number is accepted"(storage) {
    const limits = ALGORITHMS.map((algorithm, index) =>
      newLimit({ name: `limit-${index}`, algorithm, limit: 60 + index }),
    );
    assert.equal(await countAccepted(storage, { clients: 8, callsEach: 10, limits }), 60);
  },

  async "clients at once on different limits of one subject don't lose each other's charges"(storage) {
    const limits = Array.from({ length: 4 }, (_, index) => newLimit({ name: `route-${index}`, limit: 100 }));
    await race(8, async (client) => {
      const own = limits.slice(client % 4, (client % 4) + 1);
      for (let call = 0; call < 5; call++) await consume(storage, { limits: own });
    });
    assert.deepEqual(remaining(limits, await consume(storage, { limits, cost: 0 })), [90, 90, 90, 90]);
  },

  async "limits that a call doesn't name keep their state"(storage) {
    const [hour, day] = [newLimit({ name: "hour" }), newLimit({ name: "day", windowSeconds: 86_400 })];
    await consume(storage, { limits: [hour, day] });
    await consume(storage, { limits: [day] });
    await consume(storage, { limits: [hour] });
    assert.deepEqual(
      remaining([hour, day], await consume(storage, { limits: [hour, day], cost: 0 })),
      [1, 1],
    );
  },

  async "state is kept by name, window and algorithm, and a limit's number can change under it"(storage) {
    const limit = newLimit({ limit: 2 });
    await consume(storage, { limits: [limit], cost: 2 });
    const others = [
      { ...limit, name: "other" },
      { ...limit, windowSeconds: 60 },
      { ...limit, algorithm: "gcra" as const },
    ];
    for (const other of others) {
      assert.deepEqual(remaining([other], await consume(storage, { limits: [other], cost: 0 })), [2]);
    }
    const raised = { ...limit, limit: 3 };
    assert.equal((await consume(storage, { limits: [raised] })).allowed, true);
    assert.equal((await consume(storage, { limits: [raised] })).allowed, false);
  },

  async "subjects are told apart to the letter"(storage) {
    const limits = [newLimit({ limit: 1 })];
    const subjects = ["key:a:1", "key:a:10", "key:A:1", "key:a:1 ", "key:a:%", `key:${"x".repeat(500)}`];
    for (const subject of subjects) {
      assert.equal((await consume(storage, { subject, limits })).allowed, true, subject);
    }
  },

  async "decisions over time are those of core's pure rules"(storage) {
    const limits = [
      newLimit({ name: "burst", windowSeconds: 10, limit: 6, algorithm: "gcra" }),
      newLimit({ name: "minute", windowSeconds: 60, limit: 25 }),
      newLimit({ name: "clock-minute", windowSeconds: 60, limit: 22, algorithm: "fixed-window" }),
    ];
    const known = new Map<string, LimitCounter>();
    for (const { cost, now, used } of script(limits, 150)) {
      const counters = used.map((limit) => known.get(counterKey(limit)));
      const expected = decideRateLimit({ limits: used, counters, cost, nowMs: now.getTime() });
      const actual = await consume(storage, { limits: used, cost, now });
      assert.equal(actual.allowed, expected.allowed, `cost ${cost} at ${now.toISOString()}`);
      assert.deepEqual(describe(used, actual.counters, now), describe(used, expected.counters, now));
      for (const [index, limit] of used.entries()) {
        const counter = expected.counters[index];
        if (expected.allowed && cost > 0 && counter !== undefined) known.set(counterKey(limit), counter);
      }
    }
  },

  async "pruning removes subjects whose windows are all over, at most as many as asked"(storage) {
    const [minute, day] = [
      newLimit({ name: "minute", windowSeconds: 60 }),
      newLimit({ name: "day", windowSeconds: 86_400, limit: 2 }),
    ];
    for (let index = 0; index < 5; index++)
      await consume(storage, { subject: `short-${index}`, limits: [minute] });
    await consume(storage, { subject: "long", limits: [minute, day], cost: 2 });
    assert.equal(await storage.rateLimits.prune({ limit: 10, now: after(1) }), 0);
    assert.equal(await storage.rateLimits.prune({ limit: 3, now: after(600) }), 3);
    assert.equal(await storage.rateLimits.prune({ limit: 10, now: after(600) }), 2);
    assert.equal(await storage.rateLimits.prune({ limit: 10, now: after(600) }), 0);
    const later = await consume(storage, { subject: "long", limits: [day], now: after(600) });
    assert.equal(later.allowed, false);
    assert.equal(await storage.rateLimits.prune({ limit: 10, now: after(3 * 86_400) }), 1);
  },

  async "pruning while clients call loses no charge"(storage) {
    const limits = [newLimit({ limit: 100 })];
    const [, ...answers] = await race(9, (index) =>
      index === 0
        ? storage.rateLimits.prune({ limit: 100, now: after(0) }).then(() => [])
        : Promise.all(Array.from({ length: 5 }, () => consume(storage, { limits }))),
    );
    assert.equal(answers.flat().filter((answer) => answer.allowed).length, 40);
    assert.deepEqual(remaining(limits, await consume(storage, { limits, cost: 0 })), [60]);
  },
});

interface Outcome {
  readonly allowed: boolean;
  readonly at: Date;
  readonly counters: readonly LimitCounter[];
}

/** One call on one subject. */
async function consume(
  storage: RateLimits,
  { now = after(0), ...charge }: Partial<LimitCharge> & Pick<LimitCharge, "limits"> & { readonly now?: Date },
): Promise<Outcome> {
  const charges = [{ subject: SUBJECT, cost: 1, ...charge }];
  const { counters, ...outcome } = await storage.rateLimits.consume({ charges, now });
  assert.equal(counters.length, 1, "there is one list of counters per charge");
  return { ...outcome, counters: counters[0] ?? [] };
}

async function countAccepted(
  storage: RateLimits,
  { clients, callsEach, limits }: { clients: number; callsEach: number; limits: readonly RateLimit[] },
): Promise<number> {
  const accepted = await race(clients, async () => {
    let count = 0;
    for (let call = 0; call < callsEach; call++) {
      if ((await consume(storage, { limits })).allowed) count += 1;
    }
    return count;
  });
  return accepted.reduce((sum, count) => sum + count, 0);
}

function describe(limits: readonly RateLimit[], counters: readonly LimitCounter[], now: Date) {
  assert.equal(counters.length, limits.length, "there is one counter per limit");
  return limits.map((limit, index) =>
    describeLimit({ limit, counter: counters[index], cost: 0, nowMs: now.getTime() }),
  );
}

function remaining(limits: readonly RateLimit[], { counters, at }: Outcome): readonly number[] {
  return describe(limits, counters, at).map((state) => state.remaining);
}

/** Calls of varied cost, distance and choice of limits, the same in every run. */
function* script(limits: readonly RateLimit[], calls: number) {
  let seed = 20_260_301;
  const draw = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let nowMs = after(0).getTime();
  for (let call = 0; call < calls; call++) {
    nowMs += draw(5) === 0 ? draw(45_000) : draw(900);
    const used = limits.filter(() => draw(4) > 0);
    yield { cost: draw(4), now: new Date(nowMs), used: used.length > 0 ? used : limits };
  }
}
