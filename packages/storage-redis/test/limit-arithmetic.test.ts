import {
  chargeSubjects,
  type LimitCharge,
  type RateLimit,
  type RateLimitAlgorithm,
  refundSubjects,
  type SubjectCounters,
} from "@tenon/core/rate-limit";
import { memoryStorage } from "@tenon/storage-memory";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findRedis, type TestRedis } from "../../../scripts/test-redis.js";
import { expectOneLog } from "../../storage-postgres/test/limit-processes.js";
import { redisLimits } from "../src/index.js";
import { CLIENTS, newPrefix, type TestClient } from "./redis-clients.js";

let server: TestRedis;
let clients: readonly TestClient[];
beforeAll(async () => {
  server = await findRedis();
  clients = await Promise.all(Object.values(CLIENTS).map((connect) => connect(server.url)));
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.stop();
});

const START_MS = Date.parse("2026-03-01T11:59:30.000Z");

const algorithm = fc.constantFrom<RateLimitAlgorithm[]>("sliding-window", "gcra", "fixed-window");
const limits = fc
  .array(
    fc.record({
      limit: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 100_000_000 })),
      windowSeconds: fc.constantFrom(1, 7, 60, 3_600, 86_400),
      algorithm,
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((each) => each.map((limit, index): RateLimit => ({ name: `limit-${index}`, ...limit })));

const costs = fc.integer({ min: 0, max: 9 });
const call = fc.record({
  kind: fc.constantFrom("consume" as const, "consume" as const, "consume" as const, "refund" as const),
  costs: fc.tuple(costs, costs),
});
const forward = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 5_000 }),
  fc.integer({ min: 1, max: 90_000_000 }),
);
/** Which of a subject's limits are named, as bits. */
const some = fc.integer({ min: 0, max: 7 });
const all = fc.constant(7);

type Calls = Parameters<typeof expectSameAnswers>[0]["calls"];

const histories = (passMs: fc.Arbitrary<number>, named: fc.Arbitrary<number>) =>
  fc.record({
    subjects: fc.tuple(limits, limits),
    calls: fc.array(
      fc
        .record({ call, passMs, named: fc.tuple(named, named) })
        .map(({ call, ...rest }): Calls[number] => ({ ...call, ...rest })),
      { minLength: 1, maxLength: 25 },
    ),
  });

test("every answer, to the last number, is that of core's pure rules on one log", async () => {
  await fc.assert(fc.asyncProperty(histories(forward, some), expectSameAnswers), { numRuns: 150 });
});

test("so it is when clocks step back", async () => {
  const anyWay = fc.oneof(forward, fc.integer({ min: -100_000, max: -1 }));
  await fc.assert(fc.asyncProperty(histories(anyWay, all), expectSameAnswers), { numRuns: 100 });
});

async function expectSameAnswers({
  subjects,
  calls,
}: {
  readonly subjects: readonly [readonly RateLimit[], readonly RateLimit[]];
  readonly calls: readonly {
    readonly kind: "consume" | "refund";
    readonly passMs: number;
    readonly costs: readonly [number, number];
    readonly named: readonly [number, number];
  }[];
}): Promise<void> {
  const prefix = newPrefix();
  const stores = clients.map(({ redis }) => redisLimits({ redis, prefix, timeoutMs: 20_000 }));
  const log = new Map<string, SubjectCounters>();
  let nowMs = START_MS;
  for (const [index, { kind, passMs, costs, named }] of calls.entries()) {
    nowMs += passMs;
    const [store] = stores.slice(index % stores.length);
    const charges = subjects
      .map(
        (limits, subject): LimitCharge => ({
          subject: `subject-${subject}`,
          cost: costs[subject] ?? 0,
          limits: limits.filter((_, at) => ((named[subject] ?? 0) >> at) % 2 === 1),
        }),
      )
      .filter((charge) => charge.limits.length > 0);
    if (charges.length === 0) continue;
    const request = { charges, now: new Date(nowMs) };
    const stored = { charges, find: (subject: string) => log.get(subject), nowMs };
    if (kind === "refund") {
      await store?.refund(request);
      for (const [subject, counters] of refundSubjects(stored)) log.set(subject, counters);
      continue;
    }
    const { changes, ...expected } = chargeSubjects(stored);
    for (const [subject, counters] of changes) log.set(subject, counters);
    expect(await store?.consume(request)).toEqual({ ...expected, at: new Date(nowMs) });
  }
}

test("several processes on one Redis accept what one process would accept on one log", async () => {
  const prefix = newPrefix();
  const [first = memoryStorage(), ...others] = clients.map(({ redis }) => ({
    ...memoryStorage(),
    rateLimits: redisLimits({ redis, prefix, timeoutMs: 20_000 }),
  }));
  await expectOneLog([first, ...others], { histories: 60 });
});
