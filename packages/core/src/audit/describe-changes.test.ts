import { expect, test } from "vitest";
import { changesAnything, describeChanges } from "./describe-changes.js";

test("only settings that differ are described, with what they were and became", () => {
  const before = { name: "Zapier", scopes: ["a"], expiresAt: undefined, ownerId: "ada" };
  const after = { name: "Zapier", scopes: ["a", "b"], expiresAt: new Date(0), ownerId: undefined };
  expect(describeChanges(before, after)).toEqual({
    scopes: { from: ["a"], to: ["a", "b"] },
    expiresAt: { from: null, to: "1970-01-01T00:00:00.000Z" },
    ownerId: { from: "ada", to: null },
  });
});

test("what moves by itself is no change", () => {
  const before = { revision: 1, updatedAt: new Date(0), lastUsedAt: undefined };
  const after = { revision: 2, updatedAt: new Date(1), lastUsedAt: new Date(1) };
  expect(changesAnything(before, after)).toBe(false);
  expect(describeChanges(before, after)).toEqual({});
});

test("a record that begins has every setting it got, one that ends every setting it had", () => {
  const record = { id: "key_1", hash: "ab", name: "Zapier", ownerId: undefined, limits: [] };
  expect(describeChanges(undefined, record)).toEqual({
    name: { from: null, to: "Zapier" },
    limits: { from: null, to: [] },
  });
  expect(describeChanges(record, undefined)).toEqual({
    name: { from: "Zapier", to: null },
    limits: { from: [], to: null },
  });
});

test("no secret is described, wherever it stands", () => {
  const before = {
    url: "https://partner.example/hooks?token=hunter2",
    sealedHeaders: { names: ["x-auth"], sealed: "hunter2" },
    metadata: {
      apiKey: "hunter2",
      deep: [{ clientSecret: { value: "hunter2" }, isSecret: true, note: "n" }],
    },
  };
  const after = { url: "https://partner.example/hooks?token=hunter3", metadata: {} };
  const changes = describeChanges(before, after);
  expect(JSON.stringify(changes)).not.toContain("hunter");
  expect(changes).toEqual({
    url: {
      from: "https://partner.example/hooks?[redacted]",
      to: "https://partner.example/hooks?[redacted]",
    },
    sealedHeaders: { from: "[redacted]", to: null },
    metadata: {
      from: { apiKey: "[redacted]", deep: [{ clientSecret: "[redacted]", isSecret: true, note: "n" }] },
      to: {},
    },
  });
});

test("a value that is too long is told by its length", () => {
  expect(describeChanges({ description: "short" }, { description: "x".repeat(5_000) })).toEqual({
    description: { from: "short", to: "[5002 characters]" },
  });
});
