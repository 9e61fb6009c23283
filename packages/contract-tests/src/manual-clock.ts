import type { Clock } from "@tenon/core/ports";

export interface ManualClock extends Clock {
  /** Moves time on and wakes every wait whose moment has come. */
  advance(ms: number): void;
  /** How many waits are pending, so that a test knows when the code under test has gone to sleep. */
  readonly pendingWaits: number;
}

/** A clock that stands still until a test moves it. */
export function createManualClock(start: Date = new Date("2026-01-01T00:00:00.000Z")): ManualClock {
  let nowMs = start.getTime();
  const waits = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  return {
    now: () => new Date(nowMs),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) return resolve();
        const wait = { untilMs: nowMs + ms, wake };
        waits.add(wait);
        signal?.addEventListener("abort", wake, { once: true });
        function wake(): void {
          waits.delete(wait);
          signal?.removeEventListener("abort", wake);
          resolve();
        }
      }),
    advance(ms) {
      nowMs += ms;
      for (const wait of [...waits]) if (wait.untilMs <= nowMs) wait.wake();
    },
    get pendingWaits() {
      return waits.size;
    },
  };
}
