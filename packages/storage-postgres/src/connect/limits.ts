import { UnavailableError } from "./unavailable-error.js";

/** Settles like `promise`, or rejects after `limitMs`; what `promise` comes to afterwards is ignored. */
export function settleWithin<T>(promise: Promise<T>, limitMs: number, complaint: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new UnavailableError(complaint)), limitMs);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** Leaves a call at once: it rejects with the error, whatever the driver is still waiting for. */
export type Abandon = (error: unknown) => void;

/**
 * Runs `work` once `enter` lets it in, and rejects if that takes longer than `limitMs`.
 * A call that gave up never executes: should it be let in later, it leaves without touching the handle.
 */
export function enterWithin<Handle, T>(entry: {
  readonly limitMs: number;
  readonly complaint: string;
  readonly enter: (inside: (handle: Handle) => Promise<void>) => Promise<void>;
  readonly work: (handle: Handle, abandon: Abandon) => Promise<T>;
}): Promise<T> {
  return new Promise((resolve, reject) => {
    let gaveUp = false;
    let result: { readonly value: T } | undefined;
    const timer = setTimeout(() => {
      gaveUp = true;
      reject(new UnavailableError(entry.complaint));
    }, entry.limitMs);
    const inside = async (handle: Handle) => {
      clearTimeout(timer);
      if (!gaveUp) result = { value: await entry.work(handle, reject) };
    };
    entry
      .enter(inside)
      .then(() =>
        result === undefined ? reject(new UnavailableError(entry.complaint)) : resolve(result.value),
      )
      .catch(reject)
      .finally(() => clearTimeout(timer));
  });
}
