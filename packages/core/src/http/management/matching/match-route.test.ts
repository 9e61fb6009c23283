import { describe, expect, test } from "vitest";
import { createMatcher } from "./match-route.js";

const route = (method: string, template: string) => ({ method, template });

describe("matching a route", () => {
  test("a literal segment wins over a parameter, whatever the order and the method", () => {
    const match = createMatcher([
      route("GET", "/:id"),
      route("DELETE", "/:id"),
      route("GET", "/webhooks"),
      route("GET", "/webhooks/:endpointId/deliveries"),
      route("GET", "/:id/logs"),
    ]);
    expect(match("GET", "/webhooks")).toMatchObject({ route: { template: "/webhooks" }, params: {} });
    expect(match("DELETE", "/webhooks")).toEqual({ kind: "other_method", allow: ["GET", "HEAD"] });
    expect(match("GET", "/int_1")).toMatchObject({ route: { template: "/:id" }, params: { id: "int_1" } });
    expect(match("GET", "/webhooks/logs")).toMatchObject({ route: { template: "/:id/logs" } });
  });

  test("parameters are decoded, and never empty", () => {
    const match = createMatcher([route("GET", "/keys/:keyId")]);
    expect(match("GET", "/keys/a%2Fb%20c")).toMatchObject({ params: { keyId: "a/b c" } });
    expect(match("GET", "/keys/")).toEqual({ kind: "none" });
    expect(match("GET", "/keys/%E0%A4%A")).toEqual({ kind: "none" });
  });

  test("a path of nobody's is told apart from a method that isn't allowed", () => {
    const match = createMatcher([route("POST", "/keys"), route("GET", "/keys")]);
    expect(match("DELETE", "/keys")).toEqual({ kind: "other_method", allow: ["GET", "HEAD", "POST"] });
    expect(match("GET", "/elsewhere")).toEqual({ kind: "none" });
    expect(match("GET", "/keys/1")).toEqual({ kind: "none" });
    expect(match("HEAD", "/keys")).toMatchObject({ route: { method: "GET" } });
  });

  test("two routes for one method and path are refused", () => {
    expect(() => createMatcher([route("GET", "/:id"), route("GET", "/:name")])).toThrow(/two routes/);
  });
});
