import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkScopes } from "./check-scopes.js";
import { findUnknownScopes } from "./find-unknown-scopes.js";

const allowed = { ok: true };

describe("all of a list", () => {
  test("every scope must be granted, and the missing ones are named", () => {
    const granted = ["posts:read", "posts:write"];
    expect(checkScopes({ granted, required: ["posts:read"] })).toEqual(allowed);
    expect(checkScopes({ granted, required: ["posts:write", "posts:read"] })).toEqual(allowed);
    expect(checkScopes({ granted, required: ["posts:read", "users:read", "admin"] })).toEqual({
      ok: false,
      missing: ["users:read", "admin"],
    });
  });

  test("an empty grant allows nothing but an empty list", () => {
    expect(checkScopes({ granted: [], required: [] })).toEqual(allowed);
    expect(checkScopes({ granted: [], required: ["posts:read"] }).ok).toBe(false);
  });

  test("scopes are opaque: case, prefixes and parts mean nothing", () => {
    for (const granted of ["POSTS:READ", "posts", "posts:", "posts:rea", "posts:reader", "", " posts:read"]) {
      expect(checkScopes({ granted: [granted], required: ["posts:read"] }).ok).toBe(false);
    }
  });
});

describe("any of several", () => {
  test("one is enough; none names them all", () => {
    const required = { anyOf: ["posts:read", "posts:admin"] };
    expect(checkScopes({ granted: ["posts:admin"], required })).toEqual(allowed);
    expect(checkScopes({ granted: ["users:read"], required })).toEqual({
      ok: false,
      missing: required.anyOf,
    });
  });

  test("any of nothing is never met", () => {
    expect(checkScopes({ granted: ["*"], required: { anyOf: [] }, wildcards: true })).toEqual({
      ok: false,
      missing: [],
    });
  });
});

describe("wildcards", () => {
  const check = (granted: string, required: string, wildcards = true) =>
    checkScopes({ granted: [granted], required: [required], wildcards }).ok;

  test("are texts like any other until switched on", () => {
    expect(check("posts:*", "posts:read", false)).toBe(false);
    expect(check("*", "posts:read", false)).toBe(false);
    expect(check("posts:*", "posts:*", false)).toBe(true);
  });

  test("cover every scope below them, at any depth, and nothing beside", () => {
    expect(check("posts:*", "posts:read")).toBe(true);
    expect(check("posts:*", "posts:comments:read")).toBe(true);
    expect(check("posts:comments:*", "posts:comments:read")).toBe(true);
    expect(check("*", "anything")).toBe(true);
    for (const required of ["posts", "posts:", "postscript:read", "users:read"]) {
      expect(check("posts:*", required)).toBe(false);
    }
    for (const granted of ["pos*", "*:read", "posts*", "posts:*:read", "posts:r*", "**"]) {
      expect(check(granted, "posts:read")).toBe(false);
    }
  });

  test("asked for as a scope, need the same grant or everything", () => {
    expect(check("posts:*", "posts:*")).toBe(true);
    expect(check("*", "posts:*")).toBe(true);
    expect(check("posts:*", "posts:comments:*")).toBe(false);
    expect(check("posts:read", "posts:*")).toBe(false);
    expect(check("posts:*", "*")).toBe(false);
  });
});

test("what is allowed stays allowed when more is granted", () => {
  const anyScopes = fc.array(fc.constantFrom("a", "a:*", "a:b", "a:b:c", "*", "b:*", "b:c", "b"), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(anyScopes, anyScopes, anyScopes, fc.boolean(), (granted, more, required, wildcards) => {
      const before = checkScopes({ granted, required, wildcards });
      const after = checkScopes({ granted: [...granted, ...more], required, wildcards });
      if (before.ok) expect(after.ok).toBe(true);
      if (!before.ok)
        expect(checkScopes({ granted: [...granted, ...before.missing], required, wildcards }).ok).toBe(true);
    }),
  );
});

test("a closed registry names the scopes it doesn't hold", () => {
  const registry = new Set(["posts:read", "posts:comments:read"]);
  const scopes = ["posts:read", "posts:*", "*", "users:*", "posts:reed", "posts:read:*"];
  expect(findUnknownScopes({ scopes, registry })).toEqual([
    "posts:*",
    "*",
    "users:*",
    "posts:reed",
    "posts:read:*",
  ]);
  expect(findUnknownScopes({ scopes, registry, wildcards: true })).toEqual([
    "users:*",
    "posts:reed",
    "posts:read:*",
  ]);
});
