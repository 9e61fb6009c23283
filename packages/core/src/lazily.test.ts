import { expect, test } from "vitest";
import { lazily } from "./lazily.js";

test("a member is made when it is first asked for, and once; a copy has all of them", () => {
  const made: string[] = [];
  const make = (name: string) => () => {
    made.push(name);
    return { name };
  };
  const members = lazily({ first: make("first"), second: make("second") });
  expect(made).toEqual([]);
  expect(members.second).toBe(members.second);
  expect(made).toEqual(["second"]);
  expect({ ...members }).toEqual({ first: { name: "first" }, second: { name: "second" } });
  expect(made).toEqual(["second", "first"]);
});
