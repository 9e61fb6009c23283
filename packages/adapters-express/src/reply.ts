import type { ServerResponse } from "node:http";
import { type HttpReply, mergeReplyHeaders } from "@tenon/core/http";

/** Adds headers to a reply without dropping what the host said in the same headers. */
export function addHeaders(res: ServerResponse, headers: Readonly<Record<string, string>>): void {
  const existing = (name: string) => {
    const value = res.getHeader(name);
    return value === undefined ? undefined : [value].flat().join(", ");
  };
  for (const [name, value] of Object.entries(mergeReplyHeaders(existing, headers)))
    res.setHeader(name, value);
}

/** Writes a finished reply. */
export function writeReply(res: ServerResponse, { status, headers, body }: HttpReply): void {
  res.statusCode = status;
  addHeaders(res, headers);
  res.end(body);
}
