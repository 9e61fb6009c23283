import { type HttpReply, mergeReplyHeaders } from "@tenon/core/http";
import type { Context } from "hono";
import type { StatusCode } from "hono/utils/http-status";

/** Adds headers to the reply, before or after it was made, without dropping what the host said in the same headers. */
export function addHeaders(c: Context, headers: Readonly<Record<string, string>>): void {
  const existing = (name: string) => c.res.headers.get(name) ?? undefined;
  let isCopy = false;
  for (const [name, value] of Object.entries(mergeReplyHeaders(existing, headers))) {
    if (isCopy) c.res.headers.set(name, value);
    else c.header(name, value);
    // Of a finished reply, which may be shared or unchangeable, Hono makes a copy for each header: the first is enough.
    isCopy = c.finalized;
  }
}

/** Makes the response of a finished reply. */
export function toResponse(c: Context, { status, headers, body }: HttpReply): Response {
  addHeaders(c, headers);
  c.status(status as StatusCode);
  return body === undefined ? c.body(null) : c.body(body);
}
