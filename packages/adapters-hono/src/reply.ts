import { type HttpReply, mergeReplyHeaders } from "@tenon/core/http";
import type { Context, Next } from "hono";
import type { StatusCode } from "hono/utils/http-status";
import { addToHead, findNodeReply } from "./node-reply.js";

/** Goes on to the next handler, and adds headers to whatever reply it makes, beside what the host says in the same ones. */
export function addToNext(c: Context, next: Next, headers: Readonly<Record<string, string>>): Promise<void> {
  const nodeReply = findNodeReply(c);
  if (nodeReply === undefined) return addToMade(c, next, headers);
  addToHead(nodeReply, headers);
  return next();
}

async function addToMade(c: Context, next: Next, headers: Readonly<Record<string, string>>): Promise<void> {
  announceHeaders(c, headers);
  await next();
  addHeaders(c, headers);
}

/**
 * Tells the context what `addHeaders` will add to its reply, so that it may make the reply with it. Whatever the host has
 * said in the same header stays.
 */
function announceHeaders(c: Context, { RateLimit: states }: Readonly<Record<string, string>>): void {
  if (states !== undefined) c.header("RateLimit", states, { append: true });
}

/** Adds headers to the reply, before or after it was made, without dropping what the host said in the same headers. */
function addHeaders(c: Context, headers: Readonly<Record<string, string>>): void {
  const announced = c.finalized ? findAnnounced(c.res.headers, headers) : undefined;
  // Asked for only when it is needed: Hono would make a reply to have an answer.
  const existing = (name: string) =>
    name === "ratelimit" && announced !== undefined ? announced : (c.res.headers.get(name) ?? undefined);
  const merged = mergeReplyHeaders(existing, headers);
  // A finished reply may be shared or unchangeable: Hono makes a copy of it, body and all, for each header. One that has
  // what was announced was made of this very context; and of another the first copy is enough.
  let own = announced === undefined ? undefined : c.res.headers;
  for (const name of Object.keys(merged)) {
    const value = merged[name] ?? "";
    if (own === undefined) {
      c.header(name, value);
      if (c.finalized) own = c.res.headers;
    } else if (value !== announced) own.set(name, value);
  }
}

/** What a reply tells of limits, if it was made with what was announced. */
function findAnnounced(
  present: Headers,
  { RateLimit: states }: Readonly<Record<string, string>>,
): string | undefined {
  if (states === undefined) return undefined;
  const told = present.get("ratelimit") ?? undefined;
  return told?.includes(states) ? told : undefined;
}

/** Makes the response of a finished reply. */
export function toResponse(c: Context, { status, headers, body }: HttpReply): Response {
  addHeaders(c, headers);
  c.status(status as StatusCode);
  return body === undefined ? c.body(null) : c.body(body);
}
