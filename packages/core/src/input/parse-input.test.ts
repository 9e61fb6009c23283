import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ValidationError } from "../errors/tenon-error.js";
import { apiKeyGuardOptions } from "../http/schemas.js";
import { parseInput } from "./parse-input.js";

function problemsOf(schema: z.ZodType, input: unknown): readonly string[] {
  try {
    parseInput(schema, input);
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.problems.map(({ pointer, message }) => `${pointer} ${message}`);
  }
}

describe("where one of several forms may be given", () => {
  test("what is wrong with the form that was meant is told by its place", () => {
    const minute = { name: "minute", limit: 10, windowSeconds: 60 };
    expect(problemsOf(apiKeyGuardOptions, { limits: [{ ...minute, limit: 0, window: 60 }] })).toEqual([
      "/limits/0/limit Too small: expected number to be >=1",
      '/limits/0 Unrecognized key: "window"',
    ]);
    expect(problemsOf(apiKeyGuardOptions, { limits: [minute, minute] })).toEqual([
      '/limits/1/name "minute" is used twice',
    ]);
    expect(problemsOf(apiKeyGuardOptions, { scopes: { anyOf: [] } })).toEqual([
      "/scopes/anyOf Too small: expected array to have >=1 items",
    ]);
  });

  test("a value of none of the forms is told which there are", () => {
    expect(problemsOf(apiKeyGuardOptions, { scopes: "posts:read", limits: 5 })).toEqual([
      "/scopes must be a list of scopes, or such a list as { anyOf }",
      "/limits must be a list of limits, or a function that gives one for a key",
    ]);
  });

  test("of two objects the one with least wrong is meant; between equals none is", () => {
    const either = z.union([
      z.strictObject({ ids: z.array(z.string()) }),
      z.strictObject({ owner: z.string() }),
    ]);
    expect(problemsOf(either, { owner: 1 })).toEqual([
      "/owner Invalid input: expected string, received number",
    ]);
    expect(problemsOf(either, {})).toHaveLength(1);
  });
});
