import type { ConsumeOutcome } from "@tenon/core/ports";
import { expect, test } from "vitest";
import { createChargeBatches } from "../src/charge-batches.js";
import { redisLimits } from "../src/index.js";

const hour = { name: "hour", limit: 3, windowSeconds: 3_600, algorithm: "sliding-window" as const };
const request = (subject: string) => ({ charges: [{ subject, cost: 1, limits: [hour] }] });
const outcome: ConsumeOutcome = { allowed: true, at: new Date(0), counters: [] };

test("calls of one turn of the event loop travel together, at most 32 of them, and each gets its own answer", async () => {
  const sent: number[] = [];
  const consume = createChargeBatches(async (requests) => {
    sent.push(requests.length);
    return requests.map(({ charges }) => ({ ...outcome, at: new Date(Number(charges[0]?.subject)) }));
  });
  const answers = await Promise.all(
    Array.from({ length: 70 }, (_, index) => consume(request(String(index)))),
  );
  expect(sent).toEqual([32, 32, 6]);
  expect(answers.map(({ at }) => at.getTime())).toEqual(answers.map((_, index) => index));
  await consume(request("71"));
  expect(sent).toEqual([32, 32, 6, 1]);
});

test("what fails fails for all that travelled together, and for nobody after them", async () => {
  const failure = new Error("out");
  let isOut = true;
  const consume = createChargeBatches(async (requests) => {
    if (isOut) throw failure;
    return requests.map(() => outcome);
  });
  const answers = await Promise.allSettled([consume(request("a")), consume(request("b"))]);
  expect(answers.map((answer) => answer.status === "rejected" && answer.reason)).toEqual([failure, failure]);
  isOut = false;
  expect(await consume(request("a"))).toEqual(outcome);
});

test("a call on several subjects and limits is one command", async () => {
  const commands: string[] = [];
  const redis = {
    evalsha: async (sha1: string) => {
      commands.push(sha1);
      return [1, 0, ...Array.from({ length: 9 }, () => 0)];
    },
    eval: async () => [],
  };
  const day = { ...hour, name: "day", windowSeconds: 86_400 };
  const charges = [
    { subject: "key", cost: 1, limits: [hour, day] },
    { subject: "tenant", cost: 1, limits: [hour] },
  ];
  const { counters } = await redisLimits({ redis }).consume({ charges });
  expect(commands).toHaveLength(1);
  expect(counters.map(({ length }) => length)).toEqual([2, 1]);
});
