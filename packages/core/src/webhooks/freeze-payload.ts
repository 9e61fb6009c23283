import { ConfigError, TenonError, ValidationError } from "../errors/tenon-error.js";

/**
 * Makes the text that is stored, signed and sent.
 * @param pointer where the data stands in the input, as a JSON pointer.
 * @throws {ValidationError} for data that isn't JSON.
 * @throws {ConfigError} when the host's envelope made no JSON of it: the data is not to blame.
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
  if (toJson(data) === undefined) {
    const message = "must be JSON: no cycles, no BigInt, no function or undefined in place of a value";
    throw new ValidationError([{ pointer, message }]);
  }
  // As JSON, a promise would be {}: every receiver would get that.
  const payload = body instanceof Promise ? undefined : toJson(body);
  if (payload === undefined) {
    throw new ConfigError([
      { pointer: "/webhooks/envelope", message: "must return JSON values, at once and not as a promise" },
    ]);
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
