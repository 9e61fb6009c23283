import { format, inspect } from "node:util";
import { expect, test, vi } from "vitest";
import { createSecret, isSecret } from "./secret.js";

const text = "sk_live_planted";

test("a secret gives its text when asked, and only then", () => {
  const secret = createSecret(text);
  expect(secret.reveal()).toBe(text);
  const error = new Error("failed", { cause: { secret } });
  for (const shown of [
    String(secret),
    `${secret}`,
    JSON.stringify(secret),
    JSON.stringify({ deep: [{ secret }] }),
    inspect(secret),
    inspect({ deep: [{ secret }] }, { depth: 9, showHidden: true, getters: true }),
    inspect(error, { depth: 9 }),
    format("%s %o %O %j", secret, secret, secret, secret),
    Object.entries(secret).join(),
    JSON.stringify({ ...secret }),
    inspect({ ...secret }, { showHidden: true }),
  ]) {
    expect(shown).not.toContain(text);
  }
  expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
});

test("a secret can't be changed", () => {
  const secret = createSecret(text);
  expect(Object.isFrozen(secret)).toBe(true);
  expect(Reflect.set(secret, "toJSON", () => secret.reveal())).toBe(false);
});

test("a secret is known as one, also when another copy of the package made it", async () => {
  expect(isSecret(createSecret(""))).toBe(true);
  vi.resetModules();
  const anotherCopy = await import("./secret.js");
  expect(anotherCopy.createSecret).not.toBe(createSecret);
  expect(isSecret(anotherCopy.createSecret(text))).toBe(true);
  for (const value of [undefined, null, text, {}, { reveal: () => text }, () => text]) {
    expect(isSecret(value)).toBe(false);
  }
});
