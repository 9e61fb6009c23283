import fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatProviderScopes,
  isScopeSubset,
  parseProviderScopes,
  type ScopeSeparator,
} from "./scope-list.js";

test("by the RFC, single spaces separate and anything else is malformed", () => {
  expect(parseProviderScopes("openid email openid")).toEqual(["openid", "email"]);
  expect(parseProviderScopes("openid  email")).toBeUndefined();
});

test("at providers that use commas, spaces and stray commas are let pass", () => {
  expect(parseProviderScopes("repo, gist,,user:email,", ",")).toEqual(["repo", "gist", "user:email"]);
  expect(parseProviderScopes("", ",")).toEqual([]);
  expect(parseProviderScopes("repo gist,user", ",")).toBeUndefined();
  expect(parseProviderScopes('a"b', ",")).toBeUndefined();
});

test("formatting then parsing gives the same scopes, with either separator", () => {
  const anyScope = fc.stringMatching(/^[A-Za-z0-9:./_-]{1,12}$/);
  fc.assert(
    fc.property(fc.uniqueArray(anyScope), fc.constantFrom<ScopeSeparator>(" ", ","), (scopes, separator) => {
      expect(parseProviderScopes(formatProviderScopes(scopes, separator), separator)).toEqual(scopes);
    }),
  );
});

test("what parsing accepts can be written back, whatever the text", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("a", ",", " ", '"') }),
  );
  fc.assert(
    fc.property(anyText, fc.constantFrom<ScopeSeparator>(" ", ","), (text, separator) => {
      const scopes = parseProviderScopes(text, separator);
      if (scopes === undefined) return;
      expect(parseProviderScopes(formatProviderScopes(scopes, separator), separator)).toEqual(scopes);
    }),
  );
});

test("a scope that would read as two is not written", () => {
  expect(() => formatProviderScopes(["a,b"], ",")).toThrow(TypeError);
  expect(() => formatProviderScopes(["a b"])).toThrow(TypeError);
  expect(formatProviderScopes(["a,b"])).toBe("a,b");
});

test("a subset asks for nothing that was not granted", () => {
  expect(isScopeSubset({ requested: ["a"], granted: ["a", "b"] })).toBe(true);
  expect(isScopeSubset({ requested: [], granted: [] })).toBe(true);
  expect(isScopeSubset({ requested: ["a", "c"], granted: ["a", "b"] })).toBe(false);
});
