import { NotFoundError } from "../errors/tenon-error.js";
import { parseInput } from "../input/parse-input.js";
import { wholePeriods } from "../input/whole-periods.js";
import type { ApiKeyStore } from "../ports/api-key-store.js";
import type { Clock } from "../ports/clock.js";
import type { KeyUsageOutcome, KeyUsageStore } from "../ports/key-usage-store.js";
import { type KeyUsageInput, keyUsageInput } from "./schemas.js";

/** Calls by how they ended; an outcome that never came is left out. */
export type KeyUsageCounts = Readonly<Partial<Record<KeyUsageOutcome, number>>>;

/** The calls made with one key. */
export interface KeyUsage {
  /** Hours or UTC days, the oldest first; those without a call are left out. */
  readonly periods: readonly { readonly startsAt: Date; readonly counts: KeyUsageCounts }[];
  /** All of them together. */
  readonly total: KeyUsageCounts;
}

/**
 * Reads how often a key was used: whole hours, or whole UTC days, from the one that `from` is in to the one that ends
 * at or after `to`. Left out, `to` is now and `from` 24 hours, or 30 days, before it. What this process has counted is
 * written down first; what others have counted follows within seconds.
 * @throws {NotFoundError} when the tenant has no such key.
 * @throws {ValidationError} when `from` isn't before `to`, or there are more than 1,000 periods in between.
 */
export type ReadKeyUsage = (input: KeyUsageInput) => Promise<KeyUsage>;

export function createKeyUsageReader({
  keys,
  usage,
  clock,
  flush,
}: {
  readonly keys: ApiKeyStore;
  readonly usage: KeyUsageStore;
  readonly clock: Clock;
  readonly flush: () => Promise<void>;
}): ReadKeyUsage {
  return async (input) => {
    const { tenantId, keyId, granularity, ...range } = parseInput(keyUsageInput, input);
    const { from, to } = wholePeriods(range, granularity, clock.now());
    if ((await keys.find({ tenantId, keyId })) === undefined) {
      throw new NotFoundError("API_KEY_NOT_FOUND", `This tenant has no API key ${JSON.stringify(keyId)}.`);
    }
    await flush();
    const found = await usage.read({ tenantId, keyId, from, to, granularity });
    const periods = new Map<number, Partial<Record<KeyUsageOutcome, number>>>();
    const total: Partial<Record<KeyUsageOutcome, number>> = {};
    for (const { startsAt, outcome, count } of found) {
      const counts = periods.get(startsAt.getTime()) ?? {};
      counts[outcome] = count;
      total[outcome] = (total[outcome] ?? 0) + count;
      periods.set(startsAt.getTime(), counts);
    }
    return {
      periods: [...periods].map(([startsAtMs, counts]) => ({ startsAt: new Date(startsAtMs), counts })),
      total,
    };
  };
}
