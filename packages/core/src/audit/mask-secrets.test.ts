import { expect, test } from "vitest";
import { maskSecrets } from "./mask-secrets.js";

test("what stands under the name of a secret is masked, however deep and however it is written", () => {
  const value = {
    password: "hunter2",
    "x-api-key": "hunter2",
    Authorization: "Bearer hunter2",
    list: [{ refresh_token: "hunter2", client_secret: { nested: "hunter2" } }],
    privateKey: ["hunter2"],
    count: 3,
  };
  expect(maskSecrets(value)).toEqual({
    password: "[redacted]",
    "x-api-key": "[redacted]",
    Authorization: "[redacted]",
    list: [{ refresh_token: "[redacted]", client_secret: "[redacted]" }],
    privateKey: "[redacted]",
    count: 3,
  });
});

test("what only tells of a secret stays", () => {
  const value = {
    apiKeyId: "key_1",
    secret_ids: ["sec_1"],
    tokenCount: 2,
    tokenType: "bearer",
    passwordChangedAt: "2026-01-01T00:00:00.000Z",
    hasSecret: true,
    token: null,
  };
  expect(maskSecrets(value)).toEqual(value);
});
