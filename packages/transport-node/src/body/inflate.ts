import type { Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

export type ContentCoding = "gzip" | "deflate" | "br";

/** The coding that can be undone (RFC 9110 section 8.4.1); undefined for none, for others and for one on another. */
export function findCoding(contentEncoding: string | undefined): ContentCoding | undefined {
  const name = contentEncoding?.trim().toLowerCase();
  if (name === "gzip" || name === "x-gzip") return "gzip";
  return name === "deflate" || name === "br" ? name : undefined;
}

/** Like browsers, takes a stream that lacks its last bytes for what it has brought. */
const LENIENT = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const LENIENT_BROTLI = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
};

/** @param start the first bytes: they tell the two formats that go by the name of deflate apart. */
export function createInflater(coding: ContentCoding, start: Uint8Array): Transform {
  if (coding === "gzip") return createGunzip(LENIENT);
  if (coding === "br") return createBrotliDecompress(LENIENT_BROTLI);
  const hasZlibHeader = ((start[0] ?? 0) & 0x0f) === 8;
  return hasZlibHeader ? createInflate(LENIENT) : createInflateRaw(LENIENT);
}
