import type { Clock } from "../ports/clock.js";
import type { Random } from "../ports/random.js";
import { encodePublicId, type PublicIdPrefix } from "./public-id.js";

/** Makes public ids, each greater than all it made before. */
export type IdGenerator = (prefix: PublicIdPrefix) => string;

const RANDOM_BITS = 74n;
/** Steps leave the lowest bits alone, in which ids that follow from one of these may be counted: 2 to the 20th of them. */
const LOW_BITS = 20n;
/** A fresh start leaves the highest bit free, so that additions don't run over within a millisecond. */
const FRESH_MASK = (1n << (RANDOM_BITS - 1n)) - 1n;
/** A clock that was set back by less is waited out: ids go on from the last one. */
const LONGEST_STEP_BACK_MS = 60_000;

/**
 * Makes a generator of ids that sort in the order they were made, also within one millisecond and when the clock is
 * set back by less than a minute: random bits are drawn anew with each millisecond, and within one they grow by a random step.
 * The order holds within the generator; across processes ids sort by the millisecond.
 * @see RFC 9562 section 6.2, method 2
 */
export function createIdGenerator({
  clock,
  random,
}: {
  readonly clock: Clock;
  readonly random: Random;
}): IdGenerator {
  let lastMs = Number.NEGATIVE_INFINITY;
  let lastBits = 0n;

  return (prefix) => {
    const nowMs = clock.now().getTime();
    if (nowMs > lastMs || nowMs < lastMs - LONGEST_STEP_BACK_MS) {
      lastMs = nowMs;
      lastBits = toNumber(random.bytes(10)) & FRESH_MASK;
    } else {
      lastBits += (1n + toNumber(random.bytes(4))) << LOW_BITS;
      if (lastBits >> RANDOM_BITS !== 0n) {
        lastMs += 1;
        lastBits &= FRESH_MASK;
      }
    }
    return encodePublicId(prefix, toBytes(lastMs, lastBits));
  };
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** 48 bits of milliseconds, the version, 12 bits, the variant, 62 bits (RFC 9562 section 5.7). */
function toBytes(milliseconds: number, bits: bigint): Uint8Array {
  const high = (BigInt(milliseconds) << 16n) | 0x7000n | (bits >> 62n);
  const low = (0b10n << 62n) | (bits & ((1n << 62n) - 1n));
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, high);
  view.setBigUint64(8, low);
  return bytes;
}
