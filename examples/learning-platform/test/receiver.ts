import { createHmac, timingSafeEqual } from "node:crypto";
import type { Arrival } from "../../black-box/src/sink.js";

const TOLERANCE_MS = 300_000;

/**
 * What partners have been running since before: milliseconds, the whole secret as the key, and the body written again
 * from what was parsed.
 */
export function isAccepted({ headers, body }: Arrival, secret: string): boolean {
  const signature = String(headers["x-aivo-signature"]);
  const timestamp = String(headers["x-aivo-timestamp"]);
  if (Date.now() - Number.parseInt(timestamp, 10) > TOLERANCE_MS) return false;
  const payload = JSON.stringify(JSON.parse(body));
  const expected = createHmac("sha256", secret).update(`${timestamp}.${payload}`).digest("hex");
  return timingSafeEqual(Buffer.from(signature.replace("sha256=", "")), Buffer.from(expected));
}
