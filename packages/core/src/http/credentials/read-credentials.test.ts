import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CredentialPlace, readCredentials } from "./read-credentials.js";

const places: readonly CredentialPlace[] = [{ kind: "bearer" }, { kind: "header", name: "X-API-Key" }];

function read(headers: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const request = {
    identity: {},
    notes: new Map(),
    method: "GET",
    url: () => "/",
    headerValues: (name: string) => headers[name] ?? [],
    connectionAddress: () => undefined,
  };
  return readCredentials(request, places).map(({ place, text }) => `${place.kind} ${text}`);
}

describe("reading credentials", () => {
  test("places are read in their order, and joined values count apart", () => {
    expect(read({ "x-api-key": ["a, b", "c"], authorization: ["Bearer d, bearer  e", "Basic f"] })).toEqual([
      "bearer d",
      "bearer e",
      "header a",
      "header b",
      "header c",
    ]);
  });

  test("a header without a credential holds none", () => {
    expect(
      read({ authorization: ["", "Bearer", "Bearer ", "Bearerx y", "Token a"], "x-api-key": [" , "] }),
    ).toEqual([]);
  });

  test("whatever a header holds, reading it never throws and never makes up a text", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({ maxLength: 200 }).map((text) => `Bearer ${text}`),
      fc.constantFrom(
        ",",
        ", ,",
        "Bearer",
        "bearer ".repeat(1500),
        " ".repeat(10_000),
        `Bearer${" ".repeat(10_000)}\n,`,
      ),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 3 }), (values) => {
        for (const credential of read({ authorization: values, "x-api-key": values })) {
          const text = credential.slice(credential.indexOf(" ") + 1);
          expect(text).not.toBe("");
          expect(text).not.toContain(",");
          expect(values.some((value) => value.includes(text))).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
