import type { Storage } from "@tenon/core/ports";
import type { ContractCase } from "../contract-case.js";
import { apiKeyCases } from "./api-key-cases.js";
import { claimCases } from "./claim-cases.js";
import { deliveryCases } from "./delivery-cases.js";
import { endpointCases } from "./endpoint-cases.js";
import { fanOutCases } from "./fan-out-cases.js";
import { handleCases } from "./handle-cases.js";
import { idempotencyCases } from "./idempotency-cases.js";
import { messageCases } from "./message-cases.js";
import { promoteCases } from "./promote-cases.js";
import { rateLimitCases } from "./rate-limit-cases.js";
import { settleCases } from "./settle-cases.js";
import { tenantCases } from "./tenant-cases.js";
import { transactionCases } from "./transaction-cases.js";

/** A fresh, empty storage. */
export interface StorageSubject {
  readonly storage: Storage;
  /** Gives back what the subject holds. Called once, also when the case failed. */
  close(): Promise<void>;
}

export interface StorageContractOptions {
  /** Makes an empty storage for one case. Cases may run in any order, and side by side if the subjects allow it. */
  create(): Promise<StorageSubject>;
}

/**
 * The promises of the storage port as named cases. A storage keeps its word when every case passes: none is optional.
 * Time is passed to the storage, so no case sleeps; races are real parallel calls.
 * @example
 * for (const { name, run } of storageContract({ create: async () => ({ storage: memoryStorage(), close: async () => {} }) })) {
 *   test(name, run);
 * }
 */
export function storageContract({ create }: StorageContractOptions): readonly ContractCase[] {
  const cases = [
    ...apiKeyCases,
    ...rateLimitCases,
    ...endpointCases,
    ...messageCases,
    ...fanOutCases,
    ...idempotencyCases,
    ...deliveryCases,
    ...claimCases,
    ...promoteCases,
    ...settleCases,
    ...transactionCases,
    ...handleCases,
    ...tenantCases,
  ];
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
