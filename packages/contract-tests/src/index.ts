export { type ArrivalGate, createGate, race } from "./arrival-gate.js";
export type { ContractCase } from "./contract-case.js";
export { createManualClock, type ManualClock } from "./manual-clock.js";
export {
  keyChangeContract,
  queueChangeContract,
  type StorageContractOptions,
  type StorageSubject,
  storageContract,
} from "./storage/storage-contract.js";
export {
  rateLimitContract,
  type StoreContractOptions,
  shortLivedContract,
} from "./storage/store-contracts.js";
