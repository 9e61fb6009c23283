import { readFileSync } from "node:fs";
import { createManagementApi } from "@tenon/core/http";
import { describe, expect, test } from "vitest";
import { createTestKit } from "../kit.js";

const api = createManagementApi(createTestKit().tenon, { principal: () => undefined });

/** The page's rows, as docs/management-api.md has them. */
const rows = api.routes.map(({ route, method, template }) => {
  const name = `${route.resource}.${route.name}`;
  return [name, `${method} ${template}`, route.permission ?? "any caller", route.summary];
});

describe("docs/management-api.md", () => {
  test("names every route, and no other", () => {
    const page = readFileSync(new URL("../../../../docs/management-api.md", import.meta.url), "utf8");
    const told = [...page.matchAll(/^\| `(\w+\.\w+)` *\| `([A-Z]+ [^`]+)` *\| ([^|]+?) *\| ([^|]+?) *\|$/gm)];
    expect(told.map(([, ...cells]) => cells)).toEqual(rows);
  });
});

describe("the route table", () => {
  test("has every name once, and a permission but where any caller may look at its own", () => {
    const names = rows.map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
    const open = api.routes.filter(({ route }) => route.permission === undefined);
    expect(open.map(({ template }) => template)).toEqual(["/rate-limit"]);
  });

  test("lets nobody write with a permission to read, nor read what is secret", () => {
    for (const { route, method } of api.routes) {
      const mayOnlyRead = route.permission?.endsWith(":read") ?? true;
      if (method !== "GET" || route.holdsSecret)
        expect([route.name, mayOnlyRead]).toEqual([route.name, false]);
      if (method === "GET") expect([route.name, route.body]).toEqual([route.name, undefined]);
    }
  });

  test("names no tenant among what a request may say", () => {
    for (const { route } of api.routes) {
      const said = [route.params, route.query, route.body].flatMap((schema) =>
        Object.keys(schema?.shape ?? {}),
      );
      expect(said.filter((name) => /tenant/i.test(name))).toEqual([]);
    }
  });
});
