import { type HttpReply, mergeReplyHeaders } from "@tenon/core/http";
import type { Context } from "hono";
import type { StatusCode } from "hono/utils/http-status";

/**
 * Tells the context what `addHeaders` will add to its reply, so that it may make the reply with it. Whatever the host has
 * said in the same header stays.
 */
export function announceHeaders(c: Context, { RateLimit: states }: Readonly<Record<string, string>>): void {
  if (states !== undefined) c.header("RateLimit", states, { append: true });
}

/** Adds headers to the reply, before or after it was made, without dropping what the host said in the same headers. */
export function addHeaders(c: Context, headers: Readonly<Record<string, string>>): void {
  const existing = (name: string) => c.res.headers.get(name) ?? undefined;
  // A finished reply may be shared or unchangeable: Hono makes a copy of it, body and all, for each header. One that has
  // what was announced was made of this very context; and of another the first copy is enough.
  let isOwn = c.finalized && hasAnnounced(existing, headers);
  for (const [name, value] of Object.entries(mergeReplyHeaders(existing, headers))) {
    if (isOwn) c.res.headers.set(name, value);
    else c.header(name, value);
    isOwn = c.finalized;
  }
}

function hasAnnounced(
  existing: (name: string) => string | undefined,
  { RateLimit: states }: Readonly<Record<string, string>>,
): boolean {
  return states !== undefined && existing("RateLimit")?.includes(states) === true;
}

/** Makes the response of a finished reply. */
export function toResponse(c: Context, { status, headers, body }: HttpReply): Response {
  addHeaders(c, headers);
  c.status(status as StatusCode);
  return body === undefined ? c.body(null) : c.body(body);
}
