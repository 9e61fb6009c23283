import type { Transform } from "node:stream";
import { createCappedBody } from "./capped-body.js";
import { createInflater, findCoding } from "./inflate.js";

/** A response body as it comes off the wire. It never holds more than its maximum, inflated. */
export interface ResponseBody {
  /** Takes the next bytes; false asks for a pause until `onDrain`. */
  write(chunk: Uint8Array): boolean;
  /** No more bytes come; `onWhole` follows once they are inflated. */
  end(): void;
  /** Nobody wants the rest; no event follows. */
  discard(): void;
  bytes(): Uint8Array;
}

export interface ResponseBodyOptions {
  readonly contentEncoding: string | undefined;
  readonly maxBytes: number;
  readonly onWhole: () => void;
  /** The maximum is reached, and more came. */
  readonly onFull: () => void;
  /** The bytes aren't what `content-encoding` says. */
  readonly onMalformed: (coding: string) => void;
  readonly onDrain: () => void;
}

/**
 * What compressed bytes may cost beyond the maximum of inflated ones. Honest ones are shorter, or hardly longer; this
 * ends a body that is all headers and empty blocks, and inflates to nothing for ever.
 */
const MOST_OVERHEAD_BYTES = 65_536;

export function createResponseBody(options: ResponseBodyOptions): ResponseBody {
  const { contentEncoding, maxBytes, onWhole, onFull, onMalformed, onDrain } = options;
  const body = createCappedBody(maxBytes);
  const coding = findCoding(contentEncoding);
  let inflater: Transform | undefined;
  let wireBytes = 0;

  const take = (chunk: Uint8Array) => {
    if (body.append(chunk)) return;
    inflater?.destroy();
    onFull();
  };
  // Not before the first byte: an empty body is not a broken gzip.
  const start = (named: NonNullable<typeof coding>, chunk: Uint8Array) =>
    createInflater(named, chunk)
      .on("data", take)
      .on("drain", onDrain)
      .on("end", onWhole)
      .on("error", () => onMalformed(named));

  return {
    write(chunk) {
      if (coding === undefined) {
        take(chunk);
        return true;
      }
      wireBytes += chunk.length;
      if (wireBytes > maxBytes + MOST_OVERHEAD_BYTES) {
        inflater?.destroy();
        onFull();
        return true;
      }
      inflater ??= start(coding, chunk);
      return inflater.write(chunk);
    },
    end() {
      if (inflater === undefined) onWhole();
      else inflater.end();
    },
    discard: () => inflater?.destroy(),
    bytes: body.bytes,
  };
}
