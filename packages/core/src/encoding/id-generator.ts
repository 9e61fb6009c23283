import type { Clock } from "../ports/clock.js";
import type { Random } from "../ports/random.js";
import { encodePublicId, type PublicIdPrefix } from "./public-id.js";

/** Makes public ids, each greater than all it made before. */
export type IdGenerator = (prefix: PublicIdPrefix) => string;

/** The 74 random bits of an id, as numbers that are worked on without a BigInt. */
interface RandomBits {
  readonly high: number;
  /** Grows from id to id, and `high` with it. */
  readonly middle: number;
  /** Left alone by steps: in them ids that follow from one of these may be counted, 2 to the 20th of them. */
  readonly low: number;
}

const HIGH_LIMIT = 2 ** 30;
const MIDDLE_LIMIT = 2 ** 24;
const LOW_LIMIT = 2 ** 20;
/** A fresh start leaves the highest bit free, so that additions don't run over within a millisecond. */
const FRESH_HIGH_LIMIT = HIGH_LIMIT / 2;
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
  let last: RandomBits = { high: 0, middle: 0, low: 0 };

  return (prefix) => {
    const nowMs = clock.now().getTime();
    if (nowMs > lastMs || nowMs < lastMs - LONGEST_STEP_BACK_MS) {
      lastMs = nowMs;
      last = drawBits(random);
    } else {
      const middle = last.middle + 1 + readWord(random.bytes(4), 0);
      const high = last.high + Math.floor(middle / MIDDLE_LIMIT);
      if (high >= HIGH_LIMIT) lastMs += 1;
      last = {
        high: high >= HIGH_LIMIT ? high % FRESH_HIGH_LIMIT : high,
        middle: middle % MIDDLE_LIMIT,
        low: last.low,
      };
    }
    return encodePublicId(prefix, toBytes(lastMs, last));
  };
}

function drawBits(random: Random): RandomBits {
  const bytes = random.bytes(12);
  return {
    high: readWord(bytes, 0) % FRESH_HIGH_LIMIT,
    middle: readWord(bytes, 4) % MIDDLE_LIMIT,
    low: readWord(bytes, 8) % LOW_LIMIT,
  };
}

/** Four bytes as a number. */
function readWord(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}

/** 48 bits of milliseconds, the version, 12 bits, the variant, 62 bits (RFC 9562 section 5.7). */
function toBytes(milliseconds: number, { high, middle, low }: RandomBits): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(milliseconds / 2 ** 16));
  view.setUint16(4, milliseconds % 2 ** 16);
  view.setUint16(6, 0x7000 | (high >>> 18));
  view.setUint32(8, 0x80000000 | ((high & 0x3ffff) << 12) | (middle >>> 12));
  view.setUint32(12, ((middle & 0xfff) << 20) | low);
  return bytes;
}
