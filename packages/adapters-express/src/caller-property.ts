import { IncomingMessage } from "node:http";
import type { RequestContext } from "@tenon/core/http";
import type { Request } from "express";

const CALLER = Symbol("tenon.caller");

/** A request, and a list of its own that notes may be put on. */
interface NotedRequest {
  readonly rawHeaders: { [CALLER]?: RequestContext | undefined };
}

/** Prototypes of requests that were seen to, and whether they have the accessor. */
const inheriting = new WeakMap<object, boolean>();

/**
 * Keeps who calls as `req.tenon`: of a request of Express's beside it, by an accessor that all requests of that Express
 * inherit. Express changes the prototype of each request, after which the engine describes it anew, whole, for each
 * property that is added to it. Requests that aren't of Express keep it as a property of their own, and so do objects
 * made of a request.
 */
export function keepCaller(req: Request, caller: RequestContext): void {
  // Called as it is: to find it, the engine would search the prototypes of each request.
  if (inheritsCaller(req)) setCaller.call(req as unknown as NotedRequest, caller);
  else req.tenon = caller;
}

function inheritsCaller(req: IncomingMessage): boolean {
  const prototype: object | null = Object.getPrototypeOf(req);
  if (prototype === null) return false;
  let inherits = inheriting.get(prototype);
  if (inherits === undefined) {
    inherits = giveAccessor(prototype);
    inheriting.set(prototype, inherits);
  }
  return inherits;
}

/** A host may have a `tenon` of its own there, which stays. */
function giveAccessor(prototype: object): boolean {
  const shared = findShared(prototype);
  if (shared === undefined) return false;
  if (!("tenon" in shared))
    Object.defineProperty(shared, "tenon", { get: getCaller, set: setCaller, configurable: true });
  return Object.getOwnPropertyDescriptor(shared, "tenon")?.set === setCaller;
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
