import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { HttpRequestView, RequestNotes } from "@tenon/core/http";

/** Shows core a request. */
export function viewRequest(req: IncomingMessage): HttpRequestView {
  // Read once: Express changes the prototype of each request, and every read of one whose hidden class is its own is a
  // search. Hosts that replay requests fill in nothing but `headers`, and requests made for tests may lack the rest.
  const { rawHeaders, headers, method = "GET" } = req;
  // The same through all middlewares, as `req` is. A note on `req` itself, whose prototype Express has changed, would make
  // the engine give it one more hidden class of its own: 5 microseconds.
  const identity = rawHeaders ?? req;
  return {
    identity,
    notes: notesOn(identity as object as Record<symbol, unknown>),
    method,
    // Express cuts the mount path off `url`; what matters here is the query, which it leaves.
    url: () => req.url ?? "",
    headerValues: (name) => readHeader(rawHeaders ?? NO_VALUES, headers, name),
    connectionAddress: () => req.socket?.remoteAddress,
  };
}

const NO_VALUES: readonly string[] = [];

function notesOn(identity: Record<symbol, unknown>): RequestNotes {
  return {
    get: (mark) => identity[mark],
    set(mark, note) {
      identity[mark] = note;
    },
  };
}

/** `headers` drops a second Authorization, and `headersDistinct` copies every header there is for the sake of one. */
function readHeader(
  rawHeaders: readonly string[],
  headers: IncomingHttpHeaders,
  name: string,
): readonly string[] {
  let values: string[] | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const written = rawHeaders[index];
    if (written?.length !== name.length || written.toLowerCase() !== name) continue;
    const value = rawHeaders[index + 1] ?? "";
    if (values === undefined) values = [value];
    else values.push(value);
  }
  if (values !== undefined) return values;
  const value = headers[name];
  if (value === undefined) return NO_VALUES;
  return typeof value === "string" ? [value] : value;
}
