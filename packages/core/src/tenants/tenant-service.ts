import { StorageError } from "../errors/tenon-error.js";
import { parseInput } from "../input/parse-input.js";
import type { Clock } from "../ports/clock.js";
import type { ErasedRecords, ErasureStore } from "../ports/erasure-store.js";
import { type TenantReference, tenantReference } from "./schemas.js";

export interface TenantService {
  /**
   * Removes all that is kept of a tenant, in bounded steps, and returns how many records that were. Its keys are revoked
   * and its endpoints deleted first: from then on nothing is authenticated or delivered any more, here at once, in other
   * processes as soon as a revocation reaches them. Begun anew after a failure it goes on where it stopped; repeated it
   * removes nothing. What is kept for minutes outside the storage (rate limits, a host's own `shortLived`) ends by
   * itself; what other processes have counted but not written down may follow within seconds: repeat it then. The audit
   * log of the tenant goes as well, and the erasure isn't recorded in it.
   * @throws {StorageError} `STORAGE_UNAVAILABLE` when an open transaction holds records of the tenant for long: repeat it.
   */
  erase(input: TenantReference): Promise<ErasedRecords>;
}

export interface TenantServiceConfig {
  readonly store: ErasureStore;
  readonly clock: Clock;
  readonly storeNow: () => { readonly now?: Date };
  /** Told of each key that was revoked. */
  readonly onKeyChange: (hash: string) => void;
  /** Writes down what this process has counted, so that it isn't written after the end. */
  readonly flushUsage: () => Promise<void>;
}

const RECORDS_PER_STEP = 1_000;
/** Pauses for transactions that hold what is to be removed: half a minute in all. */
const PAUSE_MS = 250;
const MOST_PAUSES = 120;

export function createTenantService(config: TenantServiceConfig): TenantService {
  const { store, clock, storeNow, onKeyChange, flushUsage } = config;

  async function stop(tenantId: string): Promise<void> {
    for (;;) {
      const stopped = await store.stop({ tenantId, limit: RECORDS_PER_STEP, ...storeNow() });
      for (const hash of stopped.revokedHashes) onKeyChange(hash);
      if (stopped.revokedHashes.length + stopped.endpoints === 0) return;
    }
  }

  return {
    async erase(input) {
      const { tenantId } = parseInput(tenantReference, input);
      let total: ErasedRecords = NOTHING;
      let pauses = 0;
      await flushUsage();
      for (;;) {
        await stop(tenantId);
        const { isOver, ...erased } = await store.erase({ tenantId, limit: RECORDS_PER_STEP });
        total = sumOf(total, erased);
        if (isOver) return total;
        if (Object.values(erased).some((count) => count > 0)) continue;
        if (++pauses > MOST_PAUSES) throw heldError();
        await clock.wait(PAUSE_MS);
      }
    },
  };
}

const NOTHING: ErasedRecords = {
  apiKeys: 0,
  endpoints: 0,
  messages: 0,
  deliveries: 0,
  attempts: 0,
  others: 0,
};

function sumOf(one: ErasedRecords, other: ErasedRecords): ErasedRecords {
  return {
    apiKeys: one.apiKeys + other.apiKeys,
    endpoints: one.endpoints + other.endpoints,
    messages: one.messages + other.messages,
    deliveries: one.deliveries + other.deliveries,
    attempts: one.attempts + other.attempts,
    others: one.others + other.others,
  };
}

function heldError(): StorageError {
  const message = "an open transaction holds records of this tenant: end it, then erase the tenant again";
  return new StorageError("STORAGE_UNAVAILABLE", message, { operation: "tenants.erase", retryable: true });
}
