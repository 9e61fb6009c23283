import { TenonError } from "@tenon/core/errors";
import type { RawBody } from "@tenon/core/http";
import type { Request } from "express";

const ADVICE =
  "A body parser ran before the webhook receiver, and the bytes that were signed are gone. Mount webhookReceiver " +
  "above app.use(express.json()), or let the parser keep them: " +
  "express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes; } }).";

/**
 * Gets the bytes of a body: kept by somebody earlier (`express.raw`, `req.rawBody`), else read here.
 * @throws {TenonError} `INVALID_REQUEST` when the connection breaks before the body is complete.
 */
export async function readRawBody(req: Request, maxBytes: number): Promise<RawBody> {
  const kept = [req.body, (req as { readonly rawBody?: unknown }).rawBody].find(isBytes);
  if (kept !== undefined) {
    return kept.byteLength > maxBytes ? { kind: "too_large" } : { kind: "bytes", bytes: kept };
  }
  // A parsed body doesn't tell: Express 4's parsers leave {} behind also where they read nothing.
  if (req.readableDidRead || req.readableEnded) return { kind: "consumed", advice: ADVICE };
  // Node discards what is still to come once the reply is out, so that the sender gets to read it.
  if (Number(req.headers["content-length"]) > maxBytes) return { kind: "too_large" };
  return readStream(req, maxBytes);
}

function readStream(req: Request, maxBytes: number): Promise<RawBody> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    if (req.destroyed) return abandon();
    req.on("data", take).once("end", finish).once("close", abandon).once("error", abandon);

    function take(chunk: Uint8Array): void {
      length += chunk.byteLength;
      if (length > maxBytes) settle({ kind: "too_large" });
      else chunks.push(chunk);
    }
    function finish(): void {
      settle({ kind: "bytes", bytes: Buffer.concat(chunks) });
    }
    function abandon(cause?: Error): void {
      stopListening();
      reject(
        new TenonError("INVALID_REQUEST", "The connection broke before the webhook's body was complete.", {
          cause,
        }),
      );
    }
    function settle(body: RawBody): void {
      stopListening();
      // The rest flows on unread, so that the connection stays usable; Node's requestTimeout bounds it.
      req.resume();
      resolve(body);
    }
    function stopListening(): void {
      req.off("data", take).off("end", finish).off("close", abandon).off("error", abandon);
    }
  });
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}
