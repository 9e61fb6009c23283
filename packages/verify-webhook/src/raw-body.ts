import { isWellFormed } from "./profile/encoding.js";
import { WebhookVerificationError } from "./webhook-verification-error.js";

/** A request body exactly as received. A string counts as its UTF-8 bytes. */
export type WebhookBody = string | Uint8Array | ArrayBuffer;

/** Returns the body as a well-formed text or a view of its bytes. Throws `payload_not_raw` for anything that isn't raw. */
export function readRawBody(body: unknown): string | Uint8Array {
  const isText = typeof body === "string";
  const raw = isText ? (isWellFormed(body) ? body : undefined) : viewBytes(body);
  if (raw === undefined) {
    throw new WebhookVerificationError(
      "payload_not_raw",
      isText
        ? "The body is a string that UTF-8 cannot hold (a lone surrogate). Pass the bytes received."
        : "The body must be the bytes received: a string, Uint8Array or ArrayBuffer. Read it before a JSON parser " +
            "does: express.raw({ type: '*/*' }) on this route, or await request.arrayBuffer().",
    );
  }
  return raw;
}

// By internal slots and not by instanceof, so that bytes of another realm (Jest, vm) count too.
function viewBytes(body: unknown): Uint8Array | undefined {
  try {
    const view = ArrayBuffer.isView(body) ? body : new DataView(body as ArrayBuffer);
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  } catch {
    return undefined;
  }
}
