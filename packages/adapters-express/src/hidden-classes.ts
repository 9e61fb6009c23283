import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * V8 11 and 12 (Node 20 and 22) give an object whose prototype was changed a hidden class of its own with each property
 * that is added to it; 13 (Node 24) doesn't. Express changes the prototypes of all requests and replies.
 */
const OWN_CLASSES = Number.parseInt(process.versions.v8, 10) < 13;

/**
 * Has the engine keep the properties of Express's request and reply in tables, which share one hidden class. Compiled
 * code finds a property in a table; of classes that it never saw it can't know anything, and each read of `req` and
 * `res`, of Express's and Node's own too, is a search. Nothing of the two changes.
 */
export function shareHiddenClasses(req: IncomingMessage, res: ServerResponse): void {
  // Express ties the two together when it changes their prototypes.
  if (OWN_CLASSES && Object.hasOwn(req, "res")) {
    keepInTable(req, "res");
    keepInTable(res, "req");
  }
}

/** A property that was described anew is what makes V8 give up a class that it can't share. */
function keepInTable(object: object, name: string): void {
  if (!Object.prototype.propertyIsEnumerable.call(object, name)) return;
  Reflect.defineProperty(object, name, { enumerable: false });
  Reflect.defineProperty(object, name, { enumerable: true });
}
