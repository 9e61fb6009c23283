import { IncomingMessage } from "node:http";
import type { RequestContext } from "@tenon/core/http";

const CALLER = Symbol("tenon.caller");

/** A request, and a list of its own that notes may be put on. */
interface NotedRequest {
  readonly rawHeaders: { [CALLER]?: RequestContext | undefined };
}

/** Prototypes of requests that were seen to, whether or not there was anything to do. */
const seen = new WeakSet<object>();

/**
 * Has all requests of the Express that made this one keep `tenon` beside themselves, by an accessor they inherit.
 * Express changes the prototype of each request, after which the engine describes it anew, whole, for each property that
 * is added to it. Requests that aren't of Express keep it as a property of their own, and so do objects made of a request.
 */
export function inheritCaller(req: IncomingMessage): void {
  const prototype: object | null = Object.getPrototypeOf(req);
  if (prototype === null || seen.has(prototype)) return;
  seen.add(prototype);
  const shared = findShared(prototype);
  if (shared === undefined || "tenon" in shared) return;
  Object.defineProperty(shared, "tenon", { get: getCaller, set: setCaller, configurable: true });
}

/**
 * The prototype that the requests of all apps of one Express inherit from, mounted ones too: a request goes from app to
 * app, and takes its caller along.
 */
function findShared(prototype: object): object | undefined {
  if (!("app" in prototype)) return undefined;
  let shared: object = prototype;
  for (;;) {
    const parent: object | null = Object.getPrototypeOf(shared);
    if (parent === null) return undefined;
    if (parent === IncomingMessage.prototype) return shared;
    shared = parent;
  }
}

function getCaller(this: Partial<NotedRequest>): RequestContext | undefined {
  return this.rawHeaders?.[CALLER];
}

function setCaller(this: NotedRequest, caller: RequestContext | undefined): void {
  if (Object.hasOwn(this, "rawHeaders")) this.rawHeaders[CALLER] = caller;
  else
    Object.defineProperty(this, "tenon", {
      value: caller,
      writable: true,
      enumerable: true,
      configurable: true,
    });
}
