import { TenonError, ValidationError } from "../errors/tenon-error.js";

/**
 * Makes the text that is stored, signed and sent.
 * @param pointer where the data stands in the input, as a JSON pointer.
 * @throws {ValidationError} for what isn't JSON.
 * @throws {TenonError} `PAYLOAD_TOO_LARGE`.
 */
export function freezePayload({
  body,
  data,
  maxBytes,
  pointer,
}: {
  readonly body: unknown;
  readonly data: unknown;
  readonly maxBytes: number;
  readonly pointer: string;
}): { readonly payload: string; readonly byteCount: number } {
  const payload = toJson(data) === undefined ? undefined : toJson(body);
  if (payload === undefined) {
    const message = "must be JSON: no cycles, no BigInt, no function or undefined in place of a value";
    throw new ValidationError([{ pointer, message }]);
  }
  const byteCount = new TextEncoder().encode(payload).length;
  if (byteCount > maxBytes) {
    throw new TenonError(
      "PAYLOAD_TOO_LARGE",
      `${pointer} makes a body of ${byteCount} bytes; at most ${maxBytes} are sent. Send a reference instead.`,
    );
  }
  return { payload, byteCount };
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
