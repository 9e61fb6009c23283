import { storageContract } from "@tenon/contract-tests";
import { describe, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createSchema } from "./shared-pglite.js";

const contract = storageContract({
  create: async () => {
    const { pglite, schema, drop } = await createSchema();
    return { storage: postgresStorage({ pglite, schema }), close: drop };
  },
});

describe("on PGlite", () => {
  for (const { name, run } of contract) test(name, run);
});
