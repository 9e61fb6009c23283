import type { EarlierFinding } from "../api-keys/authenticate-key.js";
import type { HttpRequestView } from "./exchange.js";

/** What a guard found out about a request under way. */
export interface RequestFinding extends EarlierFinding {
  readonly key: string;
}

/** Remembers findings for as long as their requests last. */
export interface RequestFindings {
  get(request: HttpRequestView): RequestFinding | undefined;
  set(request: HttpRequestView, finding: RequestFinding): void;
}

/**
 * Makes a memory of findings. Each is kept with the request itself, under a symbol of this memory's own: a `WeakMap` with
 * an entry per request took a quarter of a guarded call, most of it in the garbage collector. It is kept behind a
 * function, so that nobody who prints a request prints its key.
 */
export function createRequestFindings(): RequestFindings {
  const mark = Symbol("tenon.finding");
  return {
    get: ({ notes }) => (notes.get(mark) as (() => RequestFinding) | undefined)?.(),
    set({ notes }, finding) {
      notes.set(mark, () => finding);
    },
  };
}
