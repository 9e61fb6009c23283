import { httpContract } from "@tenon/contract-tests/http";
import { memoryStorage } from "@tenon/storage-memory";
import * as providers from "@tenon/verify-webhook/providers";
import { describe, test } from "vitest";
import { honoFramework } from "./serve-hono.js";

describe("Hono on @hono/node-server", () => {
  const cases = httpContract({
    framework: honoFramework,
    createStorage: (clock) => memoryStorage({ clock }),
    providers,
  });
  test.each(cases)("$name", ({ run }) => run());
});
