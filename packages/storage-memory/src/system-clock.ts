import type { Clock } from "@tenon/core/ports";

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The process's clock. A pending wait doesn't keep the process alive. */
export const systemClock: Clock = {
  now: () => new Date(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER_MS));
      timer.unref?.();
      signal?.addEventListener("abort", end, { once: true });
      function end(): void {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      }
    }),
};
