import { encodeHex } from "../../../encoding/hex.js";
import type { Random } from "../../../ports/random.js";
import { type HttpRequestView, headerValue } from "../../exchange.js";

/** The id a request came with, where it is one that can stand in logs; else a new one. */
export function readRequestId(request: HttpRequestView, random: Random): string {
  const given = headerValue(request, "x-request-id");
  if (given !== undefined && /^[\w.:-]{1,128}$/.test(given)) return given;
  return `req_${encodeHex(random.bytes(12))}`;
}
