import { inspect } from "node:util";
import { expect, test } from "vitest";
import { isTenonError, StorageError } from "../errors/tenon-error.js";
import { createSecret } from "../secret/secret.js";
import { createRedactor } from "./redact.js";

const redact = createRedactor({
  pattern: /\bsk_live_[0-9A-Za-z]{8}\b/g,
  isAccepted: (word) => /^old-[0-9a-f]{8}$/.test(word),
});

test.each([
  [
    "a signing secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw was refused",
    "a signing secret [secret] was refused",
  ],
  ["whsk_AAAABBBBCCCC", "[secret]"],
  ["no key sk_live_abcd1234, nor old-0011aaff.", "no key [secret], nor old-0011aaff."],
  ["no key (old-0011aaff)", "no key ([secret])"],
  ["Authorization: Bearer abcdefghijklmnop123", "Authorization: Bearer [secret]"],
  ["token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln expired", "token [secret] expired"],
  [
    "connect to postgres://tenon:hunter2@db:5432/app failed",
    "connect to postgres://tenon:[secret]@db:5432/app failed",
  ],
])("%s", (text, redacted) => {
  expect(redact(text)).toBe(redacted);
});

test("a Secret is masked, however deep, and fields with a secret's name whatever they hold", () => {
  const fields = {
    endpoint: { secrets: [createSecret("hunter2")], url: "https://example.com" },
    headers: { authorization: "hunter2", "set-cookie": "hunter2", "x-api-key": "hunter2", accept: "*/*" },
    client_secret: "hunter2",
    accessToken: "hunter2",
    password: "hunter2",
    secretId: "sec_1",
  };
  const redacted = redact(fields);
  expect(inspect(redacted, { depth: 9, showHidden: true })).not.toContain("hunter2");
  expect(redacted).toMatchObject({
    endpoint: { secrets: ["[secret]"], url: "https://example.com" },
    headers: { accept: "*/*" },
    secretId: "sec_1",
  });
  expect(fields.password).toBe("hunter2");
});

test("an error stays an error of its class, with its causes and what it says redacted", () => {
  const driver = Object.assign(new Error("password whsec_MfKQ9r8GKYqrTwjU is wrong"), { code: "28P01" });
  const error = new StorageError("STORAGE_UNAVAILABLE", "no connection", {
    operation: "queue.claim",
    retryable: true,
    cause: new AggregateError([driver], "both failed"),
  });
  const redacted = redact(error);
  expect(redacted).toBeInstanceOf(StorageError);
  expect(isTenonError(redacted)).toBe(true);
  expect(redacted).toMatchObject({
    code: "STORAGE_UNAVAILABLE",
    message: "no connection",
    operation: "queue.claim",
  });
  expect(redacted.stack).toBe(error.stack);
  const [cause] = (redacted.cause as AggregateError).errors;
  expect(cause).toMatchObject({ code: "28P01", message: "password [secret] is wrong" });
  expect(cause.stack).not.toContain("whsec_");
  expect(driver.message).toContain("whsec_");
});

test("what holds no secret is given as it is: the very same object", () => {
  const fields = {
    err: new Error("no"),
    at: new Date(0),
    ids: ["a"],
    map: new Map([["a", 1]]),
    none: undefined,
  };
  expect(redact(fields)).toBe(fields);
});

test("circles and depths come to an end", () => {
  const circle: Record<string, unknown> = { password: "hunter2" };
  circle.self = circle;
  expect((redact(circle) as { readonly password: string }).password).toBe("[secret]");
  let deep: unknown = "end";
  for (let count = 0; count < 1_000; count++) deep = { deep };
  expect(redact(deep)).toBe(deep);
});
