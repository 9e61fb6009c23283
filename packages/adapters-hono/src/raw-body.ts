import type { RawBody } from "@tenon/core/http";
import type { HonoRequest } from "hono";

const ADVICE =
  "Something read the body before the webhook receiver, and the bytes that were signed are gone. Register the route " +
  "of webhookReceiver above that middleware, or have it read the body with c.req.arrayBuffer().";

/** Gets the bytes of a body: those that Hono kept of an earlier reading, else read here. */
export async function readRawBody(request: HonoRequest, maxBytes: number): Promise<RawBody> {
  const kept = await findKeptBytes(request);
  if (kept !== undefined) {
    return kept.byteLength > maxBytes ? { kind: "too_large" } : { kind: "bytes", bytes: kept };
  }
  if (request.raw.bodyUsed) return { kind: "consumed", advice: ADVICE };
  const lengthBytes = findLength(request.raw.headers);
  if (lengthBytes === undefined) return readStream(request.raw.body, maxBytes);
  if (lengthBytes > maxBytes) return { kind: "too_large" };
  // Whole: for a stream of the body, Hono's Node server would first have to make a whole `Request`.
  const bytes = new Uint8Array(await request.arrayBuffer());
  return bytes.byteLength > maxBytes ? { kind: "too_large" } : { kind: "bytes", bytes };
}

/** The length that a server holds a body to (RFC 9112 section 6.2); undefined where it comes until it ends. */
function findLength(headers: Headers): number | undefined {
  const told = headers.get("content-length");
  return told === null || headers.has("transfer-encoding") ? undefined : Number(told);
}

async function findKeptBytes({ bodyCache }: HonoRequest): Promise<Uint8Array | undefined> {
  if (bodyCache.arrayBuffer !== undefined) return new Uint8Array(await bodyCache.arrayBuffer);
  if (bodyCache.blob !== undefined) return new Uint8Array(await (await bodyCache.blob).arrayBuffer());
  const text = await bodyCache.text;
  // U+FFFD may stand for bytes that weren't UTF-8: then the text no longer tells what was signed.
  return text === undefined || text.includes("\uFFFD") ? undefined : new TextEncoder().encode(text);
}

async function readStream(stream: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<RawBody> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) return { kind: "too_large" };
    chunks.push(chunk);
  }
  return { kind: "bytes", bytes: concatenate(chunks, length) };
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let position = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, position);
    position += chunk.byteLength;
  }
  return bytes;
}
