import type { ServerResponse } from "node:http";
import { type HttpReply, mergeReplyHeaders } from "@tenon/core/http";

/** Adds headers to a reply without dropping what the host said in the same headers. */
export function addHeaders(res: ServerResponse, headers: Readonly<Record<string, string>>): void {
  const existing = (name: string) => {
    const value = res.getHeader(name);
    return value === undefined || typeof value === "string" ? value : [value].flat().join(", ");
  };
  const merged = mergeReplyHeaders(existing, headers);
  for (const name of Object.keys(merged)) res.setHeader(name, merged[name] ?? "");
}

/** Writes a finished reply. */
export function writeReply(res: ServerResponse, { status, headers, body }: HttpReply): void {
  res.statusCode = status;
  addHeaders(res, headers);
  res.end(body);
}
