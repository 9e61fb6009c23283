import { createTenon, StorageError, type TenonConfig } from "@tenon/core";
import type { Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { expect, test } from "vitest";
import { createTestKit, TENANT } from "./kit.js";

const HOUR_MS = 3_600_000;

test("health needs no I/O", () => {
  const { tenon } = createTestKit({ storage: { ...memoryStorage(), check: refuse } });
  expect(tenon.health()).toEqual({ ok: true });
});

test("a process without runners on a storage that is well is ready", async () => {
  expect(await createTestKit().tenon.ready()).toEqual({
    ok: true,
    checks: {
      storage: { ok: true },
      migrations: { ok: true },
      runner: { ok: true, reason: "none" },
      queue: { ok: true, oldestDueAgeMs: 0 },
    },
  });
});

test("a storage that fails is a reason, not a rejection, and its error stays in the log", async () => {
  const storage = checkedBy(async () => {
    throw new StorageError("STORAGE_FAILED", "check failed: db.internal said no", {
      operation: "check",
      retryable: false,
    });
  });
  const { tenon, logLines } = createTestKit({ storage });
  const readiness = await tenon.ready();
  expect(readiness.ok).toBe(false);
  expect(readiness.checks.storage).toEqual({ ok: false, reason: "failed" });
  expect(JSON.stringify(readiness)).not.toContain("db.internal");
  expect(logLines).toEqual([expect.stringMatching(/^not ready .*db\.internal/)]);
});

test("a storage that can't be reached, and one that throws what it shouldn't, are told apart", async () => {
  const { tenon: out } = createTestKit({ storage: checkedBy(refuse) });
  expect((await out.ready()).checks.storage).toEqual({ ok: false, reason: "unavailable" });
  const { tenon: broken } = createTestKit({
    storage: checkedBy(() => {
      throw new TypeError("not even a promise");
    }),
  });
  expect((await broken.ready()).checks.storage).toEqual({ ok: false, reason: "failed" });
});

test("a storage that hangs is given up after the time limit, and asked once however often the probe comes", async () => {
  let asked = 0;
  let answer: (check: { readonly pendingMigrations: readonly string[] }) => void = () => {};
  const storage = checkedBy(() => {
    asked += 1;
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  const { tenon, clock } = createTestKit({ storage, readiness: { timeoutMs: 500 } });
  const probes = [tenon.ready(), tenon.ready()];
  clock.advance(500);
  for (const { ok, checks } of await Promise.all(probes)) {
    expect([ok, checks.storage, checks.queue]).toEqual([
      false,
      { ok: false, reason: "timeout" },
      { ok: false, reason: "unknown" },
    ]);
  }
  const late = tenon.ready();
  answer({ pendingMigrations: [] });
  expect((await late).ok).toBe(true);
  expect(asked).toBe(1);
  expect(clock.pendingWaits).toBe(0);
});

test("pending migrations make it unready, and the log names them", async () => {
  const storage = checkedBy(async () => ({ pendingMigrations: ["0007 retention"] }));
  const { tenon, logLines } = createTestKit({ storage });
  expect((await tenon.ready()).checks).toMatchObject({
    storage: { ok: true },
    migrations: { ok: false, reason: "pending" },
    queue: { ok: false, reason: "unknown" },
  });
  expect(logLines).toEqual([expect.stringContaining("0007 retention")]);
});

test("a change is logged once each way, however often it is asked", async () => {
  let isOut = false;
  const storage = checkedBy(() => (isOut ? refuse() : memoryStorage().check()));
  const { tenon, logLines } = createTestKit({ storage });
  for (const state of [false, true, true, true, false, false]) {
    isOut = state;
    await tenon.ready();
  }
  expect(logLines.map((line) => line.split(" {")[0])).toEqual(["not ready", "ready again"]);
});

test("a runner that gets to its queue is well; one that doesn't for long is stalled; one that stopped is none", async () => {
  const good = memoryStorage();
  let isOut = false;
  const promote: Storage["queue"]["promote"] = (request) => (isOut ? refuse() : good.queue.promote(request));
  const storage = { ...good, queue: { ...good.queue, promote } };
  const { tenon, clock } = createTestKit({ storage });
  const runner = tenon.webhooks.startRunner({ pollIntervalMs: 1_000 });
  await asleep(clock);
  expect((await tenon.ready()).checks.runner).toEqual({ ok: true });
  isOut = true;
  clock.advance(32_000);
  await asleep(clock);
  expect((await tenon.ready()).checks.runner).toEqual({ ok: true });
  clock.advance(1_000);
  await asleep(clock);
  const { ok, checks } = await tenon.ready();
  expect([ok, checks.runner]).toEqual([false, { ok: false, reason: "stalled" }]);
  isOut = false;
  clock.advance(1_000);
  await asleep(clock);
  expect((await tenon.ready()).checks.runner).toEqual({ ok: true });
  await runner.stop();
  expect((await tenon.ready()).checks.runner).toEqual({ ok: true, reason: "none" });
});

test("the age of the oldest due delivery is told, and makes it unready only beyond `maxDueAgeMs`", async () => {
  const kit = createTestKit();
  const strict = createTenon({
    storage: kit.storage,
    clock: kit.clock,
    readiness: { maxDueAgeMs: HOUR_MS },
  });
  await kit.tenon.endpoints.create({ tenantId: TENANT, url: "https://example.com", eventTypes: ["*"] });
  await kit.tenon.webhooks.publish({ tenantId: TENANT, type: "post.published", data: {} });
  kit.clock.advance(HOUR_MS);
  expect((await strict.ready()).checks.queue).toEqual({ ok: true, oldestDueAgeMs: HOUR_MS });
  kit.clock.advance(1);
  const overdue = { ok: false, reason: "overdue", oldestDueAgeMs: HOUR_MS + 1 };
  expect(await strict.ready()).toMatchObject({ ok: false, checks: { queue: overdue } });
  expect((await kit.tenon.ready()).ok).toBe(true);
  await kit.tenon.webhooks.drain();
  expect((await strict.ready()).checks.queue).toEqual({ ok: true, oldestDueAgeMs: 0 });
});

test("the host's own probes stand beside the kit's, each with a time limit", async () => {
  let cache = async (): Promise<unknown> => "PONG";
  const { tenon, clock } = createTestKit({ readiness: { probes: { cache: () => cache() }, timeoutMs: 100 } });
  expect((await tenon.ready()).checks.cache).toEqual({ ok: true });
  cache = async () => {
    throw new Error("redis://user:hunter2@cache is down");
  };
  const failed = await tenon.ready();
  expect([failed.ok, failed.checks.cache]).toEqual([false, { ok: false, reason: "failed" }]);
  expect(JSON.stringify(failed)).not.toContain("hunter2");
  cache = () => new Promise(() => {});
  const hanging = tenon.ready();
  clock.advance(100);
  expect((await hanging).checks.cache).toEqual({ ok: false, reason: "timeout" });
});

test.each<[string, NonNullable<TenonConfig["readiness"]>]>([
  ["/readiness/timeoutMs", { timeoutMs: 0 }],
  ["/readiness/maxDueAgeMs", { maxDueAgeMs: -1 }],
  ["/readiness/probes", { probes: { storage: async () => {} } }],
  ["/readiness/probes/My cache", { probes: { "My cache": async () => {} } }],
])("a mistake at %s is found when the kit is made", (pointer, readiness) => {
  expect(() => createTestKit({ readiness })).toThrow(pointer);
});

function checkedBy(check: Storage["check"]): Storage {
  return { ...memoryStorage(), check };
}

async function refuse(): Promise<never> {
  throw new StorageError("STORAGE_UNAVAILABLE", "no connection", { operation: "check", retryable: true });
}

async function asleep(clock: { readonly pendingWaits: number }): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (clock.pendingWaits === 0);
}
