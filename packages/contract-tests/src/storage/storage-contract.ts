import type { Storage } from "@tenon/core/ports";
import type { ContractCase } from "../contract-case.js";
import { apiKeyBulkCases } from "./api-key-bulk-cases.js";
import { apiKeyCapCases } from "./api-key-cap-cases.js";
import { apiKeyCases } from "./api-key-cases.js";
import { apiKeyChangeCases } from "./api-key-change-cases.js";
import { apiKeyFilterCases } from "./api-key-filter-cases.js";
import { apiKeyRotationCases } from "./api-key-rotation-cases.js";
import { cancelCases } from "./cancel-cases.js";
import { claimCases } from "./claim-cases.js";
import { deliveryCases } from "./delivery-cases.js";
import { endpointCases } from "./endpoint-cases.js";
import { endpointChangeCases } from "./endpoint-change-cases.js";
import { endpointDeleteCases } from "./endpoint-delete-cases.js";
import { endpointHealthCases } from "./endpoint-health-cases.js";
import { endpointPaceCases } from "./endpoint-pace-cases.js";
import { endpointSecretCases } from "./endpoint-secret-cases.js";
import { fanOutCases } from "./fan-out-cases.js";
import { handleCases } from "./handle-cases.js";
import { idempotencyCases } from "./idempotency-cases.js";
import { keyChangeCases } from "./key-change-cases.js";
import { keyUsageCases } from "./key-usage-cases.js";
import { limitRefundCases } from "./limit-refund-cases.js";
import { limitSubjectCases } from "./limit-subject-cases.js";
import { messageCases } from "./message-cases.js";
import { promoteCases } from "./promote-cases.js";
import { rateLimitCases } from "./rate-limit-cases.js";
import { replayCases } from "./replay-cases.js";
import { resendCases } from "./resend-cases.js";
import { settleCases } from "./settle-cases.js";
import type { StorageCase } from "./setup/storage-case.js";
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
    ...keyUsageCases,
    ...apiKeyChangeCases,
    ...apiKeyFilterCases,
    ...apiKeyRotationCases,
    ...apiKeyBulkCases,
    ...apiKeyCapCases,
    ...rateLimitCases,
    ...limitSubjectCases,
    ...limitRefundCases,
    ...endpointCases,
    ...endpointChangeCases,
    ...endpointSecretCases,
    ...endpointDeleteCases,
    ...endpointPaceCases,
    ...endpointHealthCases,
    ...messageCases,
    ...fanOutCases,
    ...idempotencyCases,
    ...deliveryCases,
    ...claimCases,
    ...promoteCases,
    ...cancelCases,
    ...settleCases,
    ...replayCases,
    ...resendCases,
    ...transactionCases,
    ...handleCases,
    ...tenantCases,
  ];
  return asContract(cases, create);
}

/**
 * The promises of a storage that tells of changed keys (`keyChanges`), as named cases beside those of
 * `storageContract`. Storages that can't tell leave `keyChanges` out, and run the other contract alone.
 */
export function keyChangeContract({ create }: StorageContractOptions): readonly ContractCase[] {
  return asContract(keyChangeCases, create);
}

function asContract(
  cases: readonly StorageCase[],
  create: StorageContractOptions["create"],
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
