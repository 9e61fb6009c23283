import assert from "node:assert/strict";
import type { AttemptRecord, SettlementOutcome, Storage } from "@tenon/core/ports";
import { after, insertEndpoint, newId, newMessage, OTHER_TENANT, TENANT } from "./setup/fixtures.js";
import { claimAll, newAttempt, settlementOf } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const HOUR = 3_600;
const DAY = 86_400;

export const statisticsCases = about("statistics", {
  async "attempts are counted by hour and outcome, with reasons, last attempts and times, and together"(
    storage,
  ) {
    const endpoint = await insertEndpoint(storage);
    await deliver(storage, endpoint.id, [
      made(0, 10, { kind: "succeeded" }),
      made(HOUR - 1, 30, { kind: "retry", delayMs: 1e9 }, "timeout"),
      made(HOUR, 500, { kind: "exhausted", failureReason: "tls" }, "tls"),
      made(3 * HOUR, 70, { kind: "retry", delayMs: 1e9 }, "timeout"),
      made(3 * HOUR + 1, 90, { kind: "succeeded" }),
    ]);
    const read = await readAttempts(storage, endpoint.id, { granularity: "hour" });
    assert.deepEqual(read.periods, [
      {
        startsAt: after(0),
        ...{ succeeded: 1, failed: 1, exhausted: 0, failures: { timeout: 1 } },
        durationMs: { p50: 10, p95: 30 },
      },
      {
        startsAt: after(HOUR),
        ...{ succeeded: 0, failed: 1, exhausted: 1, failures: { tls: 1 } },
        durationMs: { p50: 500, p95: 500 },
      },
      {
        startsAt: after(3 * HOUR),
        ...{ succeeded: 1, failed: 1, exhausted: 0, failures: { timeout: 1 } },
        durationMs: { p50: 70, p95: 90 },
      },
    ]);
    assert.deepEqual(read.total, {
      ...{ succeeded: 2, failed: 3, exhausted: 1, failures: { timeout: 2, tls: 1 } },
      durationMs: { p50: 70, p95: 500 },
    });
  },

  async "days are those of UTC, and what began at `to` is left out"(storage) {
    const endpoint = await insertEndpoint(storage);
    const success = { kind: "succeeded" } as const;
    // The cases begin at noon.
    await deliver(storage, endpoint.id, [
      made(-1, 1, success),
      made(0, 2, success),
      made(12 * HOUR - 1, 3, success),
      made(12 * HOUR, 4, success),
      made(DAY, 5, success),
    ]);
    const read = await readAttempts(storage, endpoint.id, { granularity: "day", to: after(DAY) });
    assert.deepEqual(
      read.periods.map(({ startsAt, succeeded, durationMs }) => [startsAt, succeeded, durationMs?.p95]),
      [
        [after(-12 * HOUR), 2, 3],
        [after(12 * HOUR), 1, 4],
      ],
    );
    assert.equal(read.total.succeeded, 3);
  },

  async "the times are the nearest ranks of whatever attempts there were"(storage) {
    for (const count of [1, 2, 3, 19, 20, 21, 100]) {
      const endpoint = await insertEndpoint(storage);
      const durations = Array.from({ length: count }, nextDuration);
      const outcome = { kind: "succeeded" } as const;
      await deliver(
        storage,
        endpoint.id,
        durations.map((durationMs) => made(1, durationMs, outcome)),
      );
      const { total } = await readAttempts(storage, endpoint.id, { granularity: "hour" });
      assert.deepEqual(
        total.durationMs,
        { p50: smallestThatCovers(durations, 0.5), p95: smallestThatCovers(durations, 0.95) },
        `of ${count}`,
      );
    }
  },

  async "another endpoint's and another tenant's attempts aren't counted"(storage) {
    const [own, other] = [await insertEndpoint(storage), await insertEndpoint(storage)];
    await deliver(storage, other.id, [made(0, 1, { kind: "succeeded" })]);
    const nothing = { succeeded: 0, failed: 0, exhausted: 0, failures: {}, durationMs: undefined };
    const request = { from: after(0), to: after(DAY), granularity: "hour" } as const;
    for (const [tenantId, endpointId] of [
      [TENANT, own.id],
      [OTHER_TENANT, other.id],
      [TENANT, newId("ep")],
      [TENANT, "no id"],
    ] as const) {
      assert.deepEqual(await storage.statistics.readAttempts({ tenantId, endpointId, ...request }), {
        periods: [],
        total: nothing,
      });
    }
  },
});

interface Made {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly outcome: SettlementOutcome;
  readonly failureReason: AttemptRecord["failureReason"];
}

function made(
  second: number,
  durationMs: number,
  outcome: SettlementOutcome,
  failureReason?: AttemptRecord["failureReason"],
): Made {
  return { startedAt: after(second), durationMs, outcome, failureReason };
}

/** One delivery for each attempt, settled with it. */
async function deliver(storage: Storage, endpointId: string, attempts: readonly Made[]): Promise<void> {
  const messages = attempts.map(() => newMessage({ endpointId }));
  await storage.messages.publish({ messages, now: after(0) });
  const claimed = await claimAll(storage, { now: after(0) });
  assert.equal(claimed.length, attempts.length);
  const settlements = claimed.map((one, index) => {
    const attempt = attempts[index];
    assert.ok(attempt);
    const { startedAt, durationMs, outcome, failureReason } = attempt;
    const succeeded = outcome.kind === "succeeded";
    return {
      ...settlementOf(one, outcome, after(1)),
      attempt: newAttempt(one, { now: startedAt, durationMs, succeeded, failureReason }),
    };
  });
  await storage.queue.settle({ settlements, now: after(1) });
}

function readAttempts(
  storage: Storage,
  endpointId: string,
  { granularity, to = after(10 * DAY) }: { readonly granularity: "hour" | "day"; readonly to?: Date },
) {
  return storage.statistics.readAttempts({ tenantId: TENANT, endpointId, from: after(0), to, granularity });
}

/** What a nearest rank is, said in another way. */
function smallestThatCovers(values: readonly number[], share: number): number {
  const covers = values.filter(
    (value) => values.filter((other) => other <= value).length >= share * values.length,
  );
  return Math.min(...covers);
}

let seed = 7;

/** Many alike, some far off; the same in every run. */
function nextDuration(): number {
  seed = (seed * 16_807) % 2_147_483_647;
  return seed % 5 === 0 ? seed % 30_000 : seed % 40;
}
