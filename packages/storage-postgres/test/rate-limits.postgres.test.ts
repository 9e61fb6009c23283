import { race } from "@tenon/contract-tests";
import type { RateLimitStore } from "@tenon/core/ports";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { expectOneLog } from "./limit-processes.js";
import { createMigratedDatabase, type MigratedDatabase } from "./migrated-database.js";

let database: MigratedDatabase;
let pools: pg.Pool[];
beforeAll(async () => {
  database = await createMigratedDatabase();
  pools = Array.from({ length: 4 }, () => database.openPool({ max: 4 }));
});
afterAll(() => database.drop());

const limits = [{ name: "hour", limit: 300, windowSeconds: 3600, algorithm: "sliding-window" as const }];
const charge = (subject: string, cost = 1) => ({ subject, cost, limits });

describe("several processes on one database", () => {
  test("accept what one process would accept on one log", async () => {
    const [first, ...others] = processes().map((pool) => postgresStorage({ pool }));
    if (first === undefined) throw new Error("there is no process");
    await expectOneLog([first, ...others], { histories: 25 });
  });

  test("never wait in a circle, and count exactly, with many calls of each in flight on subjects in opposite orders", async () => {
    const stores = processes().map((pool) => postgresStorage({ pool }).rateLimits);
    const subjects = Array.from({ length: 6 }, (_, index) => `circle-${index}`);
    const answers = await race(16, async (client) => {
      const store = stores[client % stores.length] as RateLimitStore;
      const own = subjects.filter((_, index) => (index + client) % 2 === 0 || index === 0);
      const charges = (client % 4 < 2 ? own : [...own].reverse()).map((subject) => charge(subject));
      const calls = Array.from({ length: 40 }, () => store.consume({ charges }));
      return (await Promise.all(calls)).filter(({ allowed }) => allowed).length;
    });
    expect(answers.reduce((sum, count) => sum + count, 0)).toBe(300);
  });

  test("calls alone and calls together on one subject lose no charge", async () => {
    const stores = processes().map((pool) => postgresStorage({ pool }).rateLimits);
    const answers = await race(8, async (client) => {
      const store = stores[client % stores.length] as RateLimitStore;
      let accepted = 0;
      for (let call = 0; call < 15; call++) {
        // One at a time is written where it was read; several at a time are decided together, under locks.
        const calls = Array.from({ length: client < 4 ? 1 : 5 }, () =>
          store.consume({ charges: [charge("mixed")] }),
        );
        accepted += (await Promise.all(calls)).filter(({ allowed }) => allowed).length;
      }
      return accepted;
    });
    expect(answers.reduce((sum, count) => sum + count, 0)).toBe(300);
  });
});

describe("what another process does between a call's reading and its writing is not lost", () => {
  const calls = {
    "a call alone": (subject: string) => [charge(subject)],
    "a call on several subjects": (subject: string) => [charge(subject), charge(`${subject}-beside`)],
  };
  for (const [name, chargesOf] of Object.entries(calls)) {
    test(`${name}, on a subject that is new: the other adds it`, async () => {
      const charges = chargesOf(`added beside ${name}`);
      const { rateLimits, current } = meddled(async (other) => void (await other.consume({ charges })));
      expect(await rateLimits.consume({ charges })).toMatchObject({ allowed: true });
      expect(await current(charges)).toEqual(charges.map(() => 2));
    });
  }

  test("a call alone, on a subject that is known: the other charges it", async () => {
    const charges = [charge("charged beside")];
    const { rateLimits, current, first } = meddled(async (other) => void (await other.consume({ charges })));
    await first.consume({ charges });
    expect(await rateLimits.consume({ charges })).toMatchObject({ allowed: true });
    expect(await current(charges)).toEqual([3]);
  });

  test("a call alone, on a subject that is known: the other resets it", async () => {
    const charges = [charge("reset beside", 5)];
    const { rateLimits, current, first } = meddled((other) => other.reset({ subject: "reset beside" }));
    await first.consume({ charges });
    expect(await rateLimits.consume({ charges })).toMatchObject({ allowed: true });
    expect(await current(charges)).toEqual([5]);
  });

  test("calls in the host's transaction, on subjects that are new: the other adds one", async () => {
    const charges = ["a", "b", "c"].map((subject) => charge(`${subject} in a transaction`));
    const { storage, current } = meddled(
      async (other) => void (await other.consume({ charges: charges.slice(1, 2) })),
    );
    await storage.transaction(async (handle) => {
      const inside = storage.bind(handle).rateLimits;
      for (let call = 0; call < 2; call++) await inside.consume({ charges });
    });
    expect(await current(charges)).toEqual([2, 3, 2]);
  });

  test("a refused call leaves no row of a subject that is new, also when it is decided twice", async () => {
    const [own, full] = [charge("never charged"), charge("filled beside", 200)];
    const charges = [own, full];
    const { rateLimits } = meddled(async (other) => void (await other.consume({ charges: [full] })));
    expect(await rateLimits.consume({ charges })).toMatchObject({ allowed: false });
    const { rows } = await database.pool.query("SELECT FROM tenon.rate_limits WHERE subject = $1", [
      own.subject,
    ]);
    expect(rows).toEqual([]);
  });

  /** A store of another process, which does something once, right before this one's first writing. */
  function meddled(meddle: (other: RateLimitStore) => Promise<void>) {
    const other = postgresStorage({ pool: database.pool }).rateLimits;
    let isDone = false;
    const pool = {
      connect: async () => {
        const client = await database.pool.connect();
        return {
          query: async (text: string, values: unknown[]) => {
            if (!isDone && /written AS/.test(text)) {
              isDone = true;
              await meddle(other);
            }
            return client.query(text, values);
          },
          release: (destroy?: boolean) => client.release(destroy),
        };
      },
    };
    const current = async (charges: readonly ReturnType<typeof charge>[]) => {
      const { counters } = await other.consume({ charges: charges.map((one) => ({ ...one, cost: 0 })) });
      expect(isDone).toBe(true);
      return counters.map(([counter]) => counter && "current" in counter && counter.current);
    };
    const storage = postgresStorage({ pool });
    return { storage, rateLimits: storage.rateLimits, current, first: other };
  }
});

describe("calls decided together", () => {
  test("one that the database refuses fails alone", async () => {
    const { rateLimits } = postgresStorage({ pool: database.pool });
    const subjects = Array.from({ length: 12 }, (_, index) => (index === 7 ? "nul-\u0000" : `good-${index}`));
    const outcomes = await Promise.allSettled(
      subjects.map((subject) => rateLimits.consume({ charges: [charge(subject)] })),
    );
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(1);
    expect(outcomes[7]).toMatchObject({ status: "rejected", reason: { code: "STORAGE_FAILED" } });
    const peek = await rateLimits.consume({ charges: [charge("good-8", 0)] });
    expect(peek.counters[0]).toMatchObject([{ current: 1 }]);
  });

  test("none waits longer than the acquire limit for a connection, and one that gave up never executes", async () => {
    const pool = database.openPool({ max: 1 });
    const busy = await pool.connect();
    const { rateLimits } = postgresStorage({ pool, acquireTimeoutMs: 100 });
    const calls = Array.from({ length: 20 }, () => rateLimits.consume({ charges: [charge("late")] }));
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({
        status: "rejected",
        reason: { code: "STORAGE_UNAVAILABLE", retryable: true },
      });
    }
    busy.release();
    const peek = await rateLimits.consume({ charges: [charge("late", 0)] });
    expect(peek.counters[0]).toMatchObject([{ current: 0 }]);
  });

  test("they take at most two of the pool's connections", async () => {
    let [inUse, most] = [0, 0];
    const pool = {
      connect: async () => {
        const client = await database.pool.connect();
        most = Math.max(most, ++inUse);
        return {
          query: (text: string, values: unknown[]) => client.query(text, values),
          release: (destroy?: boolean) => {
            inUse -= 1;
            client.release(destroy);
          },
        };
      },
    };
    const { rateLimits } = postgresStorage({ pool });
    await Promise.all(
      Array.from({ length: 300 }, (_, index) => rateLimits.consume({ charges: [charge(`own-${index}`)] })),
    );
    expect(most).toBe(2);
  });
});

function processes(): readonly pg.Pool[] {
  return pools;
}
