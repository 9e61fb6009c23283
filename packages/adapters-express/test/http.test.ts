import { httpContract } from "@tenon/contract-tests/http";
import { memoryStorage } from "@tenon/storage-memory";
import * as providers from "@tenon/verify-webhook/providers";
import express from "express";
import express4 from "express-4";
import { describe, test } from "vitest";
import { expressFramework } from "./serve-express.js";

describe.each([
  ["Express 5", express],
  ["Express 4", express4],
] as const)("%s", (_name, module) => {
  const cases = httpContract({
    framework: expressFramework(module),
    createStorage: (clock) => memoryStorage({ clock }),
    providers,
  });
  test.each(cases)("$name", ({ run }) => run());
});
