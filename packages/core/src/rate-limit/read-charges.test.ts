import { describe, expect, test } from "vitest";
import { ValidationError } from "../errors/tenon-error.js";
import { parseInput } from "../input/parse-input.js";
import { readCharges } from "./read-charges.js";
import { type ChargesInput, chargesSchemaOf } from "./schemas.js";

const minute = { name: "minute", limit: 20, windowSeconds: 60 };
const knownLimits = [minute, { ...minute, name: "hour", precision: "leased" as const }];
const brokenLimits = [{ ...minute, limit: 0 }];

/** Every mixture of what may stand in each place, right and wrong. */
const mixtures = [knownLimits, [...knownLimits], brokenLimits, [], undefined, "minute"].flatMap((limits) =>
  ["a", "😀", "s".repeat(512), "s".repeat(513), "", "a\nb", "\ud83d", 1].flatMap((subject) =>
    [0, 1, 1_000_000_000, 1_000_000_001, -1, 0.5, Number.NaN, "1", undefined].flatMap((cost) =>
      [{}, { partition: "team" }, { partition: "no name" }, { unknown: 1 }].map((more) => ({
        subject,
        limits,
        cost,
        ...more,
      })),
    ),
  ),
);

function answerOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.problems;
  }
}

function expectAsBySchema(request: unknown): void {
  const given = request as ChargesInput;
  expect(answerOf(() => readCharges(given))).toEqual(
    answerOf(() => parseInput(chargesSchemaOf(given), given)),
  );
}

describe("what a host asks to be charged", () => {
  readCharges({ subject: "a", limits: knownLimits });

  test("is read as the schema reads it, right or wrong, also where the limits are known", () => {
    for (const request of mixtures) expectAsBySchema(request);
  });

  test("is read as the schema reads it, whatever kind of value it is", () => {
    const request = { subject: "a", limits: knownLimits };
    const array = Object.assign([], request);
    const heir = Object.create(request);
    const foreign = Object.assign(Object.create(null), request);
    for (const value of [array, heir, foreign, () => request, null, undefined, "a", 1])
      expectAsBySchema(value);
    expectAsBySchema({ charges: [request] });
    expectAsBySchema({ ...request, charges: [request] });
  });

  test("has limits that were checked once for all calls with the same array", () => {
    const [first] = readCharges({ subject: "a", limits: knownLimits });
    const [second] = readCharges({ subject: "b", limits: knownLimits, cost: 2 });
    expect(second?.limits).toBe(first?.limits);
  });
});
