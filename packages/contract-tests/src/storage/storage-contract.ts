import type { Storage } from "@tenon/core/ports";
import type { ContractCase } from "../contract-case.js";
import { apiKeyBulkCases } from "./api-key-bulk-cases.js";
import { apiKeyCapCases } from "./api-key-cap-cases.js";
import { apiKeyCases } from "./api-key-cases.js";
import { apiKeyChangeCases } from "./api-key-change-cases.js";
import { apiKeyFilterCases } from "./api-key-filter-cases.js";
import { apiKeyRotationCases } from "./api-key-rotation-cases.js";
import { auditCases } from "./audit-cases.js";
import { cancelCases } from "./cancel-cases.js";
import { checkCases } from "./check-cases.js";
import { claimCases } from "./claim-cases.js";
import { deliveryCases } from "./delivery-cases.js";
import { deliveryStateCases } from "./delivery-state-cases.js";
import { endpointCases } from "./endpoint-cases.js";
import { endpointChangeCases } from "./endpoint-change-cases.js";
import { endpointDeleteCases } from "./endpoint-delete-cases.js";
import { endpointHealthCases } from "./endpoint-health-cases.js";
import { endpointPaceCases } from "./endpoint-pace-cases.js";
import { endpointRateCases } from "./endpoint-rate-cases.js";
import { endpointSecretCases } from "./endpoint-secret-cases.js";
import { erasureCases } from "./erasure-cases.js";
import { fanOutCases } from "./fan-out-cases.js";
import { handleCases } from "./handle-cases.js";
import { idempotencyCases } from "./idempotency-cases.js";
import { keyChangeCases } from "./key-change-cases.js";
import { keyUsageCases } from "./key-usage-cases.js";
import { limitRefundCases } from "./limit-refund-cases.js";
import { limitStateCases } from "./limit-state-cases.js";
import { limitSubjectCases } from "./limit-subject-cases.js";
import { lockCases } from "./lock-cases.js";
import { messageCases } from "./message-cases.js";
import { oldestDueCases } from "./oldest-due-cases.js";
import { promoteCases } from "./promote-cases.js";
import { queueChangeCases } from "./queue-change-cases.js";
import { rateLimitCases } from "./rate-limit-cases.js";
import { replayCases } from "./replay-cases.js";
import { resendCases } from "./resend-cases.js";
import { retentionCases } from "./retention-cases.js";
import { settleCases } from "./settle-cases.js";
import { asContract } from "./setup/as-contract.js";
import { shortLivedCases } from "./short-lived-cases.js";
import { shortLivedTransactionCases } from "./short-lived-transaction-cases.js";
import { statisticsCases } from "./statistics-cases.js";
import { tenantCases } from "./tenant-cases.js";
import { toldClaimCases } from "./told-claim-cases.js";
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
    ...checkCases,
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
    ...limitStateCases,
    ...shortLivedCases,
    ...shortLivedTransactionCases,
    ...endpointCases,
    ...endpointChangeCases,
    ...endpointSecretCases,
    ...endpointDeleteCases,
    ...endpointPaceCases,
    ...endpointRateCases,
    ...endpointHealthCases,
    ...messageCases,
    ...fanOutCases,
    ...idempotencyCases,
    ...deliveryCases,
    ...deliveryStateCases,
    ...claimCases,
    ...toldClaimCases,
    ...promoteCases,
    ...oldestDueCases,
    ...cancelCases,
    ...settleCases,
    ...replayCases,
    ...resendCases,
    ...statisticsCases,
    ...retentionCases,
    ...erasureCases,
    ...lockCases,
    ...auditCases,
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

/**
 * The promises of a storage that wakes runners in other processes (`queueChanges`), as named cases beside those of
 * `storageContract`. Storages that can't tell, or not listen, run the other contract alone.
 */
export function queueChangeContract({ create }: StorageContractOptions): readonly ContractCase[] {
  return asContract(queueChangeCases, create);
}
