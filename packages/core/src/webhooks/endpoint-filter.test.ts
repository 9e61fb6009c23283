import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filtersAdmitting, matchesChannels, matchesEventType } from "./endpoint-filter.js";

describe("event types", () => {
  test.each([
    ["post.published", "post.published", true],
    ["post.published", "post.publish", false],
    ["*", "anything.at.all", true],
    ["post.*", "post.published", true],
    ["post.*", "post.comment.created", true],
    ["post.*", "post", false],
    ["post.*", "post.", false],
    ["post.*", "posts.published", false],
    ["post.*", "blog.post.published", false],
    ["post*", "posts", false],
    ["post*", "post*", true],
    ["Post.published", "post.published", false],
    ["po.t.*", "post.published", false],
    ["", "post", false],
  ])("%j against %j: %s", (filter, type, expected) => {
    expect(matchesEventType([filter], type)).toBe(expected);
  });

  test("one admitting filter is enough, and no filter admits nothing", () => {
    expect(matchesEventType(["user.created", "post.*"], "post.published")).toBe(true);
    expect(matchesEventType([], "post.published")).toBe(false);
  });
});

describe("the filters that admit a type", () => {
  test("are *, the type, and a prefix for each of its dots", () => {
    expect(filtersAdmitting("post.comment.created")).toEqual([
      "*",
      "post.comment.created",
      "post.*",
      "post.comment.*",
    ]);
    expect(filtersAdmitting("post")).toEqual(["*", "post"]);
    expect(filtersAdmitting("post.")).toEqual(["*", "post."]);
  });

  test("are those that match it, and no others", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "\n"), maxLength: 6 });
    fc.assert(
      fc.property(name, name, (filter, type) => {
        expect(filtersAdmitting(type).includes(filter)).toBe(matchesEventType([filter], type));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("channels", () => {
  test("an endpoint without channels takes every message", () => {
    expect(matchesChannels([], [])).toBe(true);
    expect(matchesChannels([], ["eu"])).toBe(true);
  });

  test("an endpoint with channels takes messages that carry one of them", () => {
    expect(matchesChannels(["eu", "us"], ["us", "asia"])).toBe(true);
    expect(matchesChannels(["eu"], ["us"])).toBe(false);
    expect(matchesChannels(["eu"], [])).toBe(false);
  });
});
