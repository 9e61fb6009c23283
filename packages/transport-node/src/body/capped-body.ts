/** A response body as it is read, up to a limit. One-byte chunks cost one byte each. */
export interface CappedBody {
  /** Takes what still fits; false when the chunk didn't fit whole. */
  append(chunk: Uint8Array): boolean;
  bytes(): Uint8Array;
}

const FIRST_CAPACITY_BYTES = 4096;

export function createCappedBody(maxBytes: number): CappedBody {
  // Most answers to a webhook are empty, and cost nothing then.
  let buffer = new Uint8Array(0);
  let length = 0;
  return {
    append(chunk) {
      const fitting = chunk.subarray(0, maxBytes - length);
      if (length + fitting.length > buffer.length) {
        const grown = new Uint8Array(
          Math.min(maxBytes, Math.max(FIRST_CAPACITY_BYTES, buffer.length * 2, length + fitting.length)),
        );
        grown.set(buffer.subarray(0, length));
        buffer = grown;
      }
      buffer.set(fitting, length);
      length += fitting.length;
      return fitting.length === chunk.length;
    },
    bytes: () => buffer.slice(0, length),
  };
}
