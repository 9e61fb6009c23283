import { createManualClock } from "@tenon/contract-tests";
import { expect, test } from "vitest";
import { createCommitWatch } from "./commit-watch.js";
import type { ToldMessages } from "./told-messages.js";

/** A watch on a clock that a test moves millisecond by millisecond; it writes down when it looked, and when it told. */
function setUp() {
  const clock = createManualClock();
  const startMs = clock.now().getTime();
  const sinceStart = () => clock.now().getTime() - startMs;
  const committed = new Set<string>();
  const looks: { readonly atMs: number; readonly ids: readonly string[] }[] = [];
  const toldAtMs: number[] = [];
  const told: ToldMessages[] = [];
  let isOut = false;
  let tellsAtOnce = false;
  const toldAtOnce: { readonly atMs: number; readonly ids: readonly string[] }[] = [];
  const watch = createCommitWatch({
    messages: {
      async findStored({ messages }) {
        const ids = messages.map(({ messageId }) => messageId);
        looks.push({ atMs: sinceStart(), ids });
        if (isOut) throw new Error("out");
        return ids.filter((id) => committed.has(id));
      },
    },
    tellIfStored(messages) {
      if (!tellsAtOnce) return undefined;
      if (isOut) return Promise.reject(new Error("out"));
      const ids = messages.map(({ messageId }) => messageId);
      const isStored = committed.has(ids[0] ?? "");
      if (isStored) toldAtOnce.push({ atMs: sinceStart(), ids });
      return Promise.resolve(isStored);
    },
    onCommitted(messages) {
      toldAtMs.push(sinceStart());
      told.push(messages);
    },
    clock,
  });
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed++) {
      await settle();
      clock.advance(1);
    }
    await settle();
  };
  return {
    clock,
    looks,
    toldAtMs,
    toldIds: () => told.map((messages) => messages?.map(({ messageId }) => messageId)),
    pass,
    expectCommit: (...ids: string[]) =>
      watch.expect(ids.map((messageId) => ({ tenantId: "acme", messageId }))),
    expectUnknown: () => watch.expect(undefined),
    commit: (messageId: string) => void committed.add(messageId),
    fail: (is: boolean) => {
      isOut = is;
    },
    toldAtOnce,
    tellAtOnce: (is: boolean) => {
      tellsAtOnce = is;
    },
    stop: () => watch.stop(),
  };
}

const RHYTHM = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

test("a commit that never comes is looked for in a doubling rhythm up to half a second, and told to nobody", async () => {
  const { expectCommit, looks, toldAtMs, pass, clock } = setUp();
  expectCommit("msg_1");
  await pass(2_000);
  expect(looks.map(({ atMs }) => atMs)).toEqual(RHYTHM);
  expect(toldAtMs).toEqual([]);
  expect(clock.pendingWaits).toBe(0);
});

test("a commit is told once, at the latest when twice its time has passed, and not looked for again", async () => {
  for (const commitMs of [0, 1, 3, 10, 100, 250]) {
    const { expectCommit, commit, looks, toldAtMs, pass } = setUp();
    expectCommit("msg_1");
    await pass(commitMs);
    commit("msg_1");
    await pass(1_000);
    expect(toldAtMs).toHaveLength(1);
    expect(toldAtMs[0]).toBeLessThanOrEqual(Math.max(1, 2 * commitMs));
    expect(looks.at(-1)?.atMs).toBe(toldAtMs[0]);
  }
});

test("at 50 publishes a second each commit is looked for after a millisecond", async () => {
  const { expectCommit, looks, pass } = setUp();
  for (let number = 0; number < 20; number++) {
    expectCommit(`msg_${number}`);
    await pass(20);
  }
  for (let number = 0; number < 20; number++) {
    expect(looks.find(({ ids }) => ids.includes(`msg_${number}`))?.atMs).toBe(number * 20 + 1);
  }
});

test("a thousand publishes a second are looked for together: no two looks in a millisecond, ten at most for each", async () => {
  const { expectCommit, looks, pass } = setUp();
  for (let ms = 0; ms < 1_000; ms++) {
    for (const one of ["a", "b"]) expectCommit(`msg_${ms}${one}`);
    await pass(1);
  }
  await pass(1_000);
  expect(new Set(looks.map(({ atMs }) => atMs)).size).toBe(looks.length);
  expect(looks.flatMap(({ ids }) => ids)).toHaveLength(2_000 * RHYTHM.length);
});

test("messages of one step are looked for by the first and told all together, with those of other steps", async () => {
  const { expectCommit, commit, looks, toldIds, pass } = setUp();
  expectCommit("msg_1", "msg_2");
  expectCommit("msg_3");
  expectCommit("msg_4");
  for (const messageId of ["msg_1", "msg_2", "msg_3"]) commit(messageId);
  await pass(1);
  expect(looks.map(({ ids }) => ids)).toEqual([["msg_1", "msg_3", "msg_4"]]);
  expect(toldIds()).toEqual([["msg_1", "msg_2", "msg_3"]]);
});

test("more messages than are told by name are told as any", async () => {
  const { expectCommit, commit, toldIds, pass } = setUp();
  for (let step = 0; step < 3; step++) {
    const ids = Array.from({ length: 40 }, (_, number) => `msg_${step}_${number}`);
    expectCommit(...ids);
    for (const messageId of ids) commit(messageId);
  }
  await pass(1);
  expect(toldIds()).toEqual([undefined]);
});

test("what can't be looked for by a message is told at every look", async () => {
  const { expectUnknown, looks, toldAtMs, pass } = setUp();
  expectUnknown();
  await pass(1_000);
  expect(toldAtMs).toEqual(RHYTHM);
  expect(looks).toEqual([]);
});

test("a look that fails is made up for by the next", async () => {
  const { expectCommit, commit, fail, toldAtMs, pass } = setUp();
  expectCommit("msg_1");
  commit("msg_1");
  fail(true);
  await pass(7);
  fail(false);
  await pass(100);
  expect(toldAtMs).toEqual([8]);
});

test("a clock that is set back an hour keeps nobody waiting for that hour", async () => {
  const { expectCommit, commit, toldAtMs, pass, clock } = setUp();
  expectCommit("msg_1");
  await pass(1);
  clock.advance(-3_600_000);
  expectCommit("msg_2");
  commit("msg_2");
  await pass(1_000);
  expect(toldAtMs).toHaveLength(1);
  expect(clock.pendingWaits).toBe(0);
});

test("once stopped it looks no more, whatever is expected", async () => {
  const { expectCommit, looks, pass, stop } = setUp();
  expectCommit("msg_1");
  await pass(10);
  await stop();
  expectCommit("msg_2");
  await pass(1_000);
  expect(looks.map(({ atMs }) => atMs)).toEqual([1, 2, 4, 8]);
});

test("one commit alone is looked for and told in one step where that can be, in the same rhythm", async () => {
  const { expectCommit, commit, tellAtOnce, looks, toldAtMs, toldAtOnce, pass, clock } = setUp();
  tellAtOnce(true);
  expectCommit("msg_1", "msg_2");
  await pass(5);
  commit("msg_1");
  await pass(2_000);
  expect(toldAtOnce).toEqual([{ atMs: 8, ids: ["msg_1", "msg_2"] }]);
  expect(looks).toEqual([]);
  expect(toldAtMs).toEqual([]);
  expect(clock.pendingWaits).toBe(0);
});

test("several commits, and one that can't be told at once, are looked for first", async () => {
  const { expectCommit, commit, tellAtOnce, looks, toldIds, toldAtOnce, pass } = setUp();
  tellAtOnce(true);
  for (const messageId of ["msg_1", "msg_2"]) expectCommit(messageId);
  commit("msg_1");
  await pass(1);
  expect(looks.map(({ ids }) => ids)).toEqual([["msg_1", "msg_2"]]);
  expect(toldIds()).toEqual([["msg_1"]]);
  tellAtOnce(false);
  commit("msg_2");
  await pass(1);
  expect(toldIds()).toEqual([["msg_1"], ["msg_2"]]);
  expect(toldAtOnce).toEqual([]);
});

test("a step that fails is made up for by the next look", async () => {
  const { expectCommit, commit, tellAtOnce, fail, toldAtOnce, pass } = setUp();
  tellAtOnce(true);
  expectCommit("msg_1");
  commit("msg_1");
  fail(true);
  await pass(3);
  fail(false);
  await pass(100);
  expect(toldAtOnce).toEqual([{ atMs: 4, ids: ["msg_1"] }]);
});
