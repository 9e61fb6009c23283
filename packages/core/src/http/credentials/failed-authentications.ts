import { addressBucket } from "../../network/cidr.js";
import { type AddressSource, readAddress } from "../../network/client-address.js";
import type { Clock } from "../../ports/clock.js";
import { decideRateLimit } from "../../rate-limit/decide.js";
import { describeLimit } from "../../rate-limit/describe-limit.js";
import type { LimitCounter, RateLimit } from "../../rate-limit/limit.js";

export interface FailedAuthenticationsConfig {
  /** Failures one client address (IPv6 by /56) may cause. */
  readonly limit: number;
  readonly windowSeconds: number;
  readonly maxAddresses: number;
  readonly maxKeys: number;
  readonly clock: Clock;
  readonly hash: (key: string) => string;
}

/** A key that was judged. Whether it is remembered as good is kept with it, so that most calls cost no search. */
export interface JudgedKey {
  readonly hash: string;
  isRememberedGood: boolean;
}

/** Counts failed authentications by client address, in this process alone. */
export interface FailedAuthentications {
  /**
   * Whole seconds that a caller has to wait before its key is looked at; 0 = none. A key that was good before never
   * waits, nor does a caller whose address is not known.
   */
  waitSeconds(address: AddressSource, key: string): number;
  /** Remembers a key that was accepted. */
  recordSuccess(key: JudgedKey): void;
  /** Counts a failure, and returns whether the address has just used up its share. */
  recordFailure(address: string | undefined, key: JudgedKey | undefined): boolean;
}

/** Makes a counter of failures. It holds at most `maxAddresses` addresses and `maxKeys` hashes of keys. */
export function createFailedAuthentications(config: FailedAuthenticationsConfig): FailedAuthentications {
  const { limit, windowSeconds, maxAddresses, maxKeys, clock, hash: hashKey } = config;
  const rule: RateLimit = { name: "failures", limit, windowSeconds, algorithm: "sliding-window" };
  const counters = new Map<string, LimitCounter>();
  /** The hashes of their texts. */
  const goodKeys = new Set<string>();
  /** Whether keys were forgotten to make room: then none can be told by itself that it is still remembered. */
  let hasForgotten = false;

  function secondsToWait(bucket: string): number {
    const nowMs = clock.now().getTime();
    const { retryAfterSeconds } = describeLimit({
      limit: rule,
      counter: counters.get(bucket),
      cost: 1,
      nowMs,
    });
    return retryAfterSeconds ?? 0;
  }

  return {
    waitSeconds(source, key) {
      // Nearly always empty: a request costs nothing as long as nobody fails, not even the look for its address.
      if (counters.size === 0) return 0;
      const address = readAddress(source);
      if (address === undefined) return 0;
      const bucket = addressBucket(address);
      if (bucket === undefined || !counters.has(bucket)) return 0;
      const seconds = secondsToWait(bucket);
      return seconds > 0 && goodKeys.has(hashKey(key)) ? 0 : seconds;
    },
    recordSuccess(key) {
      if (key.isRememberedGood && !hasForgotten) return;
      key.isRememberedGood = true;
      if (goodKeys.has(key.hash)) return;
      goodKeys.add(key.hash);
      if (goodKeys.size <= maxKeys) return;
      dropOldest(goodKeys);
      hasForgotten = true;
    },
    recordFailure(address, key) {
      if (key !== undefined) {
        goodKeys.delete(key.hash);
        key.isRememberedGood = false;
      }
      const bucket = address === undefined ? undefined : addressBucket(address);
      if (bucket === undefined) return false;
      const decision = decideRateLimit({
        limits: [rule],
        counters: [counters.get(bucket)],
        cost: 1,
        nowMs: clock.now().getTime(),
      });
      const [charged] = decision.counters;
      if (!decision.allowed || charged === undefined) return false;
      counters.delete(bucket);
      counters.set(bucket, charged);
      if (counters.size > maxAddresses) dropOldest(counters);
      return secondsToWait(bucket) > 0;
    },
  };
}

function dropOldest(kept: Pick<Map<string, unknown>, "keys" | "delete">): void {
  const oldest = kept.keys().next();
  if (!oldest.done) kept.delete(oldest.value);
}
