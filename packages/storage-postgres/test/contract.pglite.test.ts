import {
  keyChangeContract,
  queueChangeContract,
  type StorageContractOptions,
  storageContract,
} from "@tenon/contract-tests";
import { describe, test } from "vitest";
import { postgresStorage } from "../src/index.js";
import { createSchema } from "./shared-pglite.js";

const options: StorageContractOptions = {
  create: async () => {
    const { pglite, schema, drop } = await createSchema();
    return { storage: postgresStorage({ pglite, schema }), close: drop };
  },
};
const contract = [
  ...storageContract(options),
  ...keyChangeContract(options),
  ...queueChangeContract(options),
];

describe("on PGlite", () => {
  for (const { name, run } of contract) test(name, run);
});
