import type { ContractCase } from "../../contract-case.js";
import type { StorageCase } from "./storage-case.js";

/** Cases that each make what they run on, and close it afterwards, also when they failed. */
export function asContract<Subject>(
  cases: readonly StorageCase<Subject>[],
  create: () => Promise<{ readonly storage: Subject; close(): Promise<void> }>,
): readonly ContractCase[] {
  return cases.map(({ name, run }) => ({
    name,
    async run() {
      const subject = await create();
      try {
        await run(subject.storage);
      } finally {
        await subject.close();
      }
    },
  }));
}
