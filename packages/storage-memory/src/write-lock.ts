import { StorageError } from "@tenon/core/errors";
import type { Clock } from "@tenon/core/ports";

export interface WriteLock {
  /**
   * Resolves with the function that gives the lock back, in the order asked.
   * @throws {StorageError} `STORAGE_UNAVAILABLE` when it wasn't free within the acquire limit; the caller then never gets it.
   */
  acquire(operation: string): Promise<() => void>;
}

/** A lock that one writer holds at a time. */
export function createWriteLock({
  clock,
  acquireTimeoutMs,
}: {
  readonly clock: Clock;
  readonly acquireTimeoutMs: number;
}): WriteLock {
  let isHeld = false;
  const waiting = new Set<() => void>();

  function release(): void {
    const [next] = waiting;
    if (next === undefined) isHeld = false;
    else next();
  }

  return {
    async acquire(operation) {
      if (!isHeld) {
        isHeld = true;
        return once(release);
      }
      const granted = new AbortController();
      const grant = () => {
        waiting.delete(grant);
        granted.abort();
      };
      waiting.add(grant);
      await clock.wait(acquireTimeoutMs, granted.signal);
      if (granted.signal.aborted) return once(release);
      waiting.delete(grant);
      throw new StorageError(
        "STORAGE_UNAVAILABLE",
        `${operation} waited ${acquireTimeoutMs} ms for an open transaction to end. Inside a transaction, call it through within(handle).`,
        { operation, retryable: true },
      );
    },
  };
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
