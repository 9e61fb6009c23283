import {
  keyChangeContract,
  queueChangeContract,
  type StorageContractOptions,
  storageContract,
} from "@tenon/contract-tests";
import type { Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { describe, expect, test } from "vitest";
import { brokenStorages } from "./broken-storages/index.js";

describe("the storage contract rejects a storage that breaks a promise", () => {
  test.each(brokenStorages(memoryStorage))("$name", async ({ create, caughtBy }) => {
    const failed = await failedCases(create);
    expect(failed).toContain(caughtBy);
    // One promise was taken out; a storage that fails everywhere would prove nothing about that one.
    expect(failed.length).toBeLessThan(everyCase({ create: unused }).length / 3);
  });

  test("and accepts the good one they were made of", async () => {
    expect(await failedCases(memoryStorage)).toEqual([]);
  });

  test("its cases have names of their own", () => {
    const names = everyCase({ create: unused }).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

function everyCase(options: StorageContractOptions) {
  return [...storageContract(options), ...keyChangeContract(options), ...queueChangeContract(options)];
}

async function failedCases(create: () => Storage): Promise<readonly string[]> {
  const failed: string[] = [];
  const subject = async () => ({ storage: create(), close: async () => {} });
  for (const { name, run } of everyCase({ create: subject })) {
    await run().catch(() => failed.push(name));
  }
  return failed;
}

async function unused(): Promise<never> {
  throw new Error("no case is run");
}
