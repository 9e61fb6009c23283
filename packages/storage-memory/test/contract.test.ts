import { storageContract } from "@tenon/contract-tests";
import { memoryStorage } from "@tenon/storage-memory";
import { describe, test } from "vitest";

describe("the storage contract in memory", () => {
  for (const { name, run } of storageContract({ create })) test(name, run);
});

async function create() {
  return { storage: memoryStorage(), close: async () => {} };
}
