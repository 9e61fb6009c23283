import type { Clock } from "../ports/clock.js";

/** The longest delay a timer takes; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. Its waits may be of any length and never keep the process alive. */
export const systemClock: Clock = Object.freeze({
  now: () => new Date(),
  wait: async (ms: number, signal?: AbortSignal) => {
    let remainingMs = ms;
    while (remainingMs > 0 && !signal?.aborted) {
      await waitOnce(Math.min(remainingMs, LONGEST_TIMER_MS), signal);
      remainingMs -= LONGEST_TIMER_MS;
    }
  },
});

function waitOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    timer.unref();
    signal?.addEventListener("abort", finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
      resolve();
    }
  });
}
