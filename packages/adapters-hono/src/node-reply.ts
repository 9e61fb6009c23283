import { mergeReplyHeaders } from "@tenon/core/http";
import type { Context } from "hono";

/** What is needed of Node's reply, over HTTP/1 or 2. */
export interface NodeReply {
  getHeader(name: string): HeaderValue | undefined;
  writeHead: WriteHead;
  [ADDED]?: AddedHeaders;
}

type WriteHead = (
  this: NodeReply,
  status: number,
  reasonOrHeaders?: string | GivenHeaders,
  headers?: GivenHeaders,
) => unknown;

type HeaderValue = string | number | readonly string[];

type HeaderRecord = Readonly<Record<string, HeaderValue | undefined>>;

type GivenHeaders = HeaderRecord | readonly HeaderValue[];

interface AddedHeaders {
  readonly writeHead: WriteHead;
  readonly headers: Readonly<Record<string, string>>;
}

const ADDED = Symbol("tenon.addedHeaders");

/**
 * Finds Node's own reply to a request, as @hono/node-server hands it to apps. It is undefined on other runtimes, and for
 * a request that isn't the one that came in: hosts call their own apps with requests they make, and hand on what came
 * with the first.
 */
export function findNodeReply(c: Context): NodeReply | undefined {
  const environment: { readonly incoming?: object; readonly outgoing?: NodeReply } | undefined = c.env;
  const { incoming, outgoing } = environment ?? {};
  if (incoming === undefined || outgoing === undefined) return undefined;
  return isMadeOf(c.req.raw as unknown as Record<symbol, unknown>, incoming) ? outgoing : undefined;
}

/** Under which symbol @hono/node-server keeps the message that a request is made of. */
let incomingKey: symbol | undefined;

function isMadeOf(request: Record<symbol, unknown>, incoming: object): boolean {
  incomingKey ??= Object.getOwnPropertySymbols(request).find((key) => request[key] === incoming);
  return incomingKey !== undefined && request[incomingKey] === incoming;
}

/** Adds headers to a reply at the moment it is written, beside what whoever makes it says in the same headers. */
export function addToHead(reply: NodeReply, headers: Readonly<Record<string, string>>): void {
  const added = reply[ADDED];
  if (added === undefined) {
    reply[ADDED] = { writeHead: reply.writeHead, headers };
    reply.writeHead = writeHeadWithAdded;
    return;
  }
  const merged = mergeReplyHeaders((name) => textOf(added.headers, name), headers);
  reply[ADDED] = { ...added, headers: { ...added.headers, ...merged } };
}

function writeHeadWithAdded(
  this: NodeReply,
  status: number,
  reasonOrHeaders?: string | GivenHeaders,
  maybeHeaders?: GivenHeaders,
): unknown {
  const { writeHead, headers } = this[ADDED] as AddedHeaders;
  const reason = typeof reasonOrHeaders === "string" ? reasonOrHeaders : undefined;
  const given = toRecord(typeof reasonOrHeaders === "string" ? maybeHeaders : reasonOrHeaders);
  const merged = mergeReplyHeaders((name) => textOf(given, name) ?? asText(this.getHeader(name)), headers);
  const all: Record<string, HeaderValue | undefined> = {};
  for (const name of Object.keys(given)) if (findName(merged, name) === undefined) all[name] = given[name];
  for (const name of Object.keys(merged)) all[name] = merged[name];
  return reason === undefined ? writeHead.call(this, status, all) : writeHead.call(this, status, reason, all);
}

/** Node takes a list too: names and values in turn. */
function toRecord(given: GivenHeaders | undefined): HeaderRecord {
  if (!isList(given)) return given ?? {};
  const record: Record<string, HeaderValue> = {};
  for (let index = 0; index < given.length; index += 2) {
    const name = String(given[index]);
    const value = given[index + 1] ?? "";
    const before = record[name];
    record[name] = before === undefined ? value : [before, value].flat().map(String);
  }
  return record;
}

function isList(given: GivenHeaders | undefined): given is readonly HeaderValue[] {
  return Array.isArray(given);
}

function textOf(headers: HeaderRecord, name: string): string | undefined {
  const written = findName(headers, name);
  return written === undefined ? undefined : asText(headers[written]);
}

/** How a header is written there, whatever its case. */
function findName(headers: HeaderRecord, name: string): string | undefined {
  for (const written of Object.keys(headers))
    if (written.length === name.length && written.toLowerCase() === name.toLowerCase()) return written;
  return undefined;
}

function asText(value: HeaderValue | undefined): string | undefined {
  return value === undefined ? undefined : [value].flat().join(", ");
}
