import type { RateLimitStore, ShortLivedStore } from "@tenon/core/ports";
import type { ContractCase } from "../contract-case.js";
import { limitRefundCases } from "./limit-refund-cases.js";
import { limitStateCases } from "./limit-state-cases.js";
import { limitSubjectCases } from "./limit-subject-cases.js";
import { rateLimitCases } from "./rate-limit-cases.js";
import { asContract } from "./setup/as-contract.js";
import { shortLivedCases } from "./short-lived-cases.js";

export interface StoreContractOptions<Store> {
  /** Makes an empty store for one case. Cases may run in any order, and side by side if the stores allow it. */
  create(): Promise<{
    readonly store: Store;
    /** Gives back what the store holds. Called once, also when the case failed. */
    close(): Promise<void>;
  }>;
}

/**
 * The promises of a rate-limit store that stands beside a storage: those cases of `storageContract` that are about it.
 * @example
 * for (const { name, run } of rateLimitContract({ create: async () => ({ store: redisLimits({ redis }), close }) })) {
 *   test(name, run);
 * }
 */
export function rateLimitContract({ create }: StoreContractOptions<RateLimitStore>): readonly ContractCase[] {
  const cases = [...rateLimitCases, ...limitSubjectCases, ...limitRefundCases, ...limitStateCases];
  return asContract(cases, async () => {
    const { store, close } = await create();
    return { storage: { rateLimits: store }, close };
  });
}

/**
 * The promises of a store of short-lived state that stands beside a storage: those cases of `storageContract` that are
 * about it, but for transactions.
 */
export function shortLivedContract({
  create,
}: StoreContractOptions<ShortLivedStore>): readonly ContractCase[] {
  return asContract(shortLivedCases, async () => {
    const { store, close } = await create();
    return { storage: { shortLived: store }, close };
  });
}
