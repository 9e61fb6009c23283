import { keyChangeContract, queueChangeContract, storageContract } from "@tenon/contract-tests";
import { memoryStorage } from "@tenon/storage-memory";
import { describe, test } from "vitest";

describe("the storage contract in memory", () => {
  const contract = [
    ...storageContract({ create }),
    ...keyChangeContract({ create }),
    ...queueChangeContract({ create }),
  ];
  for (const { name, run } of contract) test(name, run);
});

async function create() {
  return { storage: memoryStorage(), close: async () => {} };
}
