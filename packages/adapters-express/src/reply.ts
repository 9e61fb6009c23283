import type { ServerResponse } from "node:http";
import { type HttpReply, mergeReplyHeaders } from "@tenon/core/http";

/** Adds headers to a reply without dropping what the host said in the same headers. */
export function addHeaders(res: ServerResponse, headers: Readonly<Record<string, string>>): void {
  // Looked up once: Express changes the prototype of each reply, and every read of one is a search.
  const { setHeader, getHeader } = res;
  const existing = (name: string) => {
    const value = getHeader.call(res, name);
    return value === undefined || typeof value === "string" ? value : [value].flat().join(", ");
  };
  const merged = mergeReplyHeaders(existing, headers);
  for (const name of Object.keys(merged)) setHeader.call(res, name, merged[name] ?? "");
}

/** Writes a finished reply. */
export function writeReply(res: ServerResponse, { status, headers, body }: HttpReply): void {
  res.statusCode = status;
  addHeaders(res, headers);
  res.end(body);
}
