import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { viewRequest } from "./request-view.js";

test("a request made for tests, with parsed headers alone, shows them and keeps notes", () => {
  const request = { headers: { "x-api-key": "a", via: "b" } } as unknown as IncomingMessage;
  const view = viewRequest(request);
  expect(view.headerValues("x-api-key")).toEqual(["a"]);
  expect(view.headerValues("authorization")).toEqual([]);
  const mark = Symbol("note");
  view.notes.set(mark, "noted");
  expect(viewRequest(request).notes.get(mark)).toBe("noted");
  expect([view.method, view.url(), view.connectionAddress()]).toEqual(["GET", "", undefined]);
});
