import fc from "fast-check";
import { expect, test } from "vitest";
import { formatScopeList, isScopeToken, parseScopeList } from "./parse-scopes.js";

test("a list is separated by single spaces, each scope kept once and in order", () => {
  expect(parseScopeList("posts:read posts:write posts:read")).toEqual(["posts:read", "posts:write"]);
  expect(parseScopeList("")).toEqual([]);
});

test("anything outside the grammar is malformed", () => {
  for (const text of [" ", " a", "a ", "a  b", "a\tb", "a\nb", 'a"b', "a\\b", "é", "a\u0000", "a\u00a0b"]) {
    expect(parseScopeList(text)).toBeUndefined();
  }
});

test("formatting then parsing gives the same scopes", () => {
  const anyToken = fc.stringMatching(/^[\x21\x23-\x5b\x5d-\x7e]{1,12}$/);
  fc.assert(
    fc.property(fc.uniqueArray(anyToken), (scopes) => {
      expect(parseScopeList(formatScopeList(scopes))).toEqual(scopes);
    }),
  );
});

test("parsing accepts only what formatting writes back", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("a", "b", " ", '"', ":") })),
      (text) => {
        const scopes = parseScopeList(text);
        if (scopes === undefined) return;
        expect(scopes.every(isScopeToken)).toBe(true);
        expect(new Set(text.split(" ").filter(Boolean))).toEqual(new Set(scopes));
      },
    ),
  );
});

test("a scope that isn't a token is not written", () => {
  expect(() => formatScopeList(["a", "b c"])).toThrow(TypeError);
  expect(() => formatScopeList([""])).toThrow(TypeError);
});
