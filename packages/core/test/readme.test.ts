import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const snippets = new URL("./snippets/", import.meta.url);
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("every code block is a file that the tests below run, word for word", () => {
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  const files = readdirSync(snippets).map((name) => readFileSync(new URL(name, snippets), "utf8"));
  expect(blocks.toSorted()).toEqual(files.toSorted());
});

test("the first key is accepted", async () => {
  const { verdict } = await import("./snippets/first-key.js");
  expect(verdict).toMatchObject({ ok: true, key: { name: "Zapier" } });
});

test("the life of a key goes as told", async () => {
  const { lifeOfAKey, pattern, takeOver, tenon } = await import("./snippets/api-keys.js");
  const { key, successor } = await lifeOfAKey("acme");
  expect(key.secret.reveal()).toMatch(new RegExp(pattern));
  expect(successor).toMatchObject({
    ipAllowlist: ["203.0.113.0/24", "2001:db8::/32"],
    limits: [{ name: "hour", limit: 1000 }],
    expiresAt: expect.any(Date),
  });
  for (const { secret } of [key, successor]) {
    expect(await tenon.apiKeys.authenticate({ key: secret.reveal() })).toEqual({
      ok: false,
      reason: "revoked",
    });
  }
  const old = `old-${"0123456789abcdef".repeat(2)}`;
  await takeOver("acme", [{ name: "Make", sha256: createHash("sha256").update(old).digest("hex") }]);
  expect(await tenon.apiKeys.authenticate({ key: old, scopes: ["posts:read"] })).toMatchObject({ ok: true });
});
